#!/usr/bin/env python3
"""Makes an odd result of an ordinary one: edit_result.py HOW RESULT.json NEW.json"""
import json
import sys

NASTY = "../../x'; system(\"touch pwned\"); #`touch pwned`$(touch pwned)<script>alert(1)</script>%n%s\n\"&"


def news(document):
    """Answers to an evidence and a pattern question, with all that may be null, 0 and 1."""
    step = {"event": "sells", "evidence": {"p": 0.3, "se": 0.01}, "posterior": {"p": 0.2, "se": 0.01},
            "bayes_factor": 2.1, "ci": [1.9, 2.3], "single_factor": 2.1, "paths": {"with_hypothesis": 300, "without": 900},
            "needs_paths": None, "verdict": "points to it"}
    rare = {"event": "raises", "evidence": {"p": 0, "se": 0.001}, "posterior": {"p": None, "se": None},
            "bayes_factor": None, "ci": [None, None], "single_factor": None,
            "paths": {"with_hypothesis": 0, "without": 0}, "needs_paths": 4000000, "verdict": "never seen"}
    sure = dict(step, posterior={"p": 1, "se": 0.001})
    document["questions"]["ladder"] = {
        "type": "evidence", "as_of": "2030-07", "hypothesis": "glut",
        "cases": [{"firm": "alpha", "prior": {"p": 0.1, "se": 0.01}, "steps": [step, rare], "product_of_singles": 2.0},
                  {"firm": None, "prior": {"p": 0, "se": 0.001}, "steps": [sure], "product_of_singles": None}]}
    document["questions"]["prices"] = {
        "type": "pattern", "news": {"p": 0.3, "se": 0.01}, "outcome_given_news": {"p": 0.2, "se": 0.01},
        "names": {"optics": {"move": {"value": -0.03, "se": 0.01}, "if_outcome": {"value": -0.2, "se": 0.02},
                             "if_not": {"value": 0.01, "se": 0.01}, "observed": -0.11,
                             "implied": {"value": 0.57, "ci": [0.3, 0.9]}, "explained": {"value": 0.273, "se": 0.09}},
                  "storage": {"move": {"value": None, "se": None}, "if_outcome": {"value": None, "se": None},
                              "if_not": {"value": 0, "se": None}, "observed": None, "implied": None},
                  "beyond": {"move": {"value": 0, "se": 0}, "if_outcome": {"value": 0.1, "se": 0.02},
                             "if_not": {"value": -0.1, "se": 0.01}, "observed": 0.9,
                             "implied": {"value": 5, "ci": [4, 6]}}},
        "contradictions": [["optics", "beyond"]], "alone": ["beyond"],
        "readings": {"mismatch": {"log_likelihood": 3.2, "posterior": 0.9999, "posterior_at_split": 0.7,
                                  "by_name": {"optics": {"predicted": 0.017, "log_likelihood": 1.25}}},
                     "competitor": {"log_likelihood": 2.0, "posterior": 0.2, "by_name": {}},
                     "demand_failing": {"log_likelihood": None, "posterior": None, "by_name": {}}}}


def certain(document):
    """Probabilities 0 and 1 alone."""
    def flatten(value, number):
        if isinstance(value, dict):
            for key, item in value.items():
                if key in ("p", "se", "ci"):
                    value[key] = [number] * len(item) if isinstance(item, list) else number
                else:
                    flatten(item, number)
        elif isinstance(value, list):
            for item in value:
                flatten(item, number)

    for i, question in enumerate(document["questions"].values()):
        flatten(question, i % 2)
    for state in ("glut", "friction", "balanced"):
        flatten(document["industry"][state], 0)
    flatten(document["industry"]["shortage"], 1)


def empty(document):
    """No questions, nothing late."""
    document["questions"] = {}
    document["coexistence"] = []
    document["scenario"]["effective"]["questions"] = []
    for name in ("late_mw", "stranded_mw"):
        for layer in document["industry"][name].values():
            layer["value"] = [0] * len(layer["value"])


def bare(document):
    """Members that a reader could want are not there."""
    document["industry"] = {}
    document["questions"] = {name: {"type": answer["type"]} for name, answer in document["questions"].items()}
    document["coexistence"] = []
    document["scenario"]["effective"] = {}


def nasty(document):
    """Names that would be dangerous as file names, markup, scripts or formats."""
    news(document)
    document["questions"] = {f"{NASTY}{i}": answer for i, answer in enumerate(document["questions"].values())}
    for answer in document["questions"].values():
        for entry in answer.get("entries", []):
            entry["firm"] += NASTY
            entry["region"] = entry["region"] and entry["region"] + NASTY
        for case in answer.get("cases", []):
            case["firm"] = NASTY
            for step in case["steps"]:
                step["event"] = NASTY
        if "names" in answer:
            answer["names"] = {NASTY + name: item for name, item in answer["names"].items()}
        if "series" in answer:
            answer["series"] = NASTY
    document["scenario"]["file"] = "/x/" + NASTY + ".yaml"
    document["program"]["git"] = NASTY
    document["industry"]["months"] = [month + NASTY for month in document["industry"]["months"]]


def main():
    how, source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        document = json.load(file)
    document.pop("tallies", None)
    {"news": news, "certain": certain, "empty": empty, "bare": bare, "nasty": nasty}[how](document)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file)


if __name__ == "__main__":
    main()
