/* A small document for the tests of reports and expressions: two half-years from October 2029, two firms. */
#ifndef TEST_REPORT_H
#define TEST_REPORT_H

#include <jansson.h>
#include <stdio.h>

static const char *const document_parts[] = {
    "{\"schema_version\": 1,"
    " \"program\": {\"name\": \"mismatch\", \"version\": \"0.1.0\", \"git\": \"abc1234\"},"
    " \"run\": {\"paths\": 12345, \"first_path\": 0, \"seed\": 7, \"clipped\": 0,"
    "           \"digest\": \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},",
    " \"scenario\": {\"file\": \"small.yaml\", \"sha256\": \"fedcba9876543210\", \"effective\": {"
    "  \"time\": {\"start\": \"2029-10\", \"months\": 6},"
    "  \"regions\": [\"north\", \"south\"], \"generations\": [{\"name\": \"old\"}, {\"name\": \"new\"}],"
    "  \"firms\": [{\"name\": \"alpha\", \"installed\": {\"old\": 1}}, {\"name\": \"beta\", \"installed\": {\"old\": "
    "1}},"
    "             {\"name\": \"demand\"}],"
    "  \"names\": [{\"name\": \"optics\"}, {\"name\": \"rival\"}, {\"name\": \"quiet\"}],"
    "  \"ranges\": {\"market.offer\": {\"low\": 1, \"central\": 2, \"high\": 3, \"grade\": \"J\"},"
    "              \"slips.gpu.median\": {\"low\": 1, \"central\": 2, \"high\": 3, \"grade\": \"B\"}},",
    "  \"events\": {"
    "   \"short\": {\"all_of\": [{\"series\": \"state_shortage\", \"at_least\": 1}], \"for\": 3},"
    "   \"spare\": {\"all_of\": [{\"series\": \"spare_share\", \"firm\": \"alpha\", \"region\": \"north\","
    "              \"generation\": \"old\", \"at_least\": 0.1}]},"
    "   \"spare-in-shortage\": {\"all_of\": [{\"event\": \"spare\"}, {\"event\": \"short\"}]},"
    "   \"sells\": {\"all_of\": [{\"series\": \"starts_selling\", \"firm\": \"$firm\", \"at_least\": 1}]},"
    "   \"calm\": {\"not\": {\"series\": \"state_glut\", \"below\": 1}}},",
    "  \"questions\": ["
    "   {\"name\": \"both\", \"probability\": {\"event\": \"spare-in-shortage\"}},"
    "   {\"name\": \"never\", \"probability\": {\"event\": \"calm\"}},"
    "   {\"name\": \"late-sale\", \"probability\": {\"event\": \"sells\", \"firm\": \"beta\", \"from\": \"2029-12\"}},"
    "   {\"name\": \"map\", \"coexistence\": {\"series\": \"idle_share\", \"at_least\": 0.1, \"for\": 3,"
    "                                   \"by\": [[\"firm\"], [\"firm\", \"region\", \"generation\"]]}},"
    "   {\"name\": \"gap\", \"fan\": {\"series\": \"gap\", \"quantiles\": [0.1, 0.5]}},"
    "   {\"name\": \"layers\", \"binding\": {}},"
    "   {\"name\": \"sale\", \"evidence\": {\"for_each\": [\"alpha\"], \"as_of\": \"2029-12\","
    "     \"hypothesis\": {\"event\": \"calm\", \"within\": 2}, \"evidence\": [{\"event\": \"sells\", \"within\": "
    "2}, {\"event\": \"short\", \"within\": 1}]}},"
    "   {\"name\": \"prices\", \"pattern\": {\"as_of\": \"2029-12\", \"news\": {\"event\": \"sells\", "
    "\"firm\": \"beta\", \"within\": 3}, \"outcome\": {\"event\": \"short\", \"within\": 1}}}]}},",
    " \"industry\": {\"months\": [\"2029-10\", \"2029-11\", \"2029-12\", \"2030-01\", \"2030-02\", \"2030-03\"],"
    "  \"shortage\": {\"p\": [0.1, 0.2, 0.3, 0.8, 0.8, 0.8], \"se\": [0.01, 0.01, 0.01, 0.01, 0.01, 0.01]},"
    "  \"glut\": {\"p\": [0.5, 0.5, 0.5, 0.1, 0.1, 0.1], \"se\": [0.01, 0.01, 0.01, 0.01, 0.01, 0.01]},"
    "  \"friction\": {\"p\": [0.4, 0.3, 0.2, 0.1, 0.1, 0.1], \"se\": [0.01, 0.01, 0.01, 0.01, 0.01, 0.01]},"
    "  \"balanced\": {\"p\": [0, 0, 0, 0, 0, 0], \"se\": [0.01, 0.01, 0.01, 0.01, 0.01, 0.01]},"
    "  \"shortage_months\": {\"value\": 3.0, \"se\": 0.02},",
    "  \"late_mw\": {\"gpu\": {\"value\": [1, 1, 1, 1, 1, 1], \"se\": [0.05, 0.05, 0.05, 0.05, 0.05, 0.05]},"
    "               \"power\": {\"value\": [3, 3, 3, 3, 3, 3], \"se\": [0, 0, 0, 0, 0, 0]},"
    "               \"shell\": {\"value\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]},"
    "               \"network\": {\"value\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]}},"
    "  \"stranded_mw\": {\"gpu\": {\"value\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]},"
    "               \"power\": {\"value\": [2, 2, 2, 2, 2, 2], \"se\": [0, 0, 0, 0, 0, 0]},"
    "               \"shell\": {\"value\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]},"
    "               \"network\": {\"value\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]}},"
    "  \"expected_shortfall\": {\"value\": [1, 1, 1, 1, 1, 1], \"se\": [0, 0, 0, 0, 0, 0]},"
    "  \"expected_surplus\": {\"value\": [1, 1, 1, 1, 1, 1], \"se\": [0, 0, 0, 0, 0, 0]}},",
    " \"coexistence\": ["
    "  {\"firm\": \"alpha\", \"region\": null, \"generation\": null, \"ever\": {\"p\": 0.5, \"se\": 0.01, \"ci\": "
    "[0.48, "
    "0.52]},"
    "   \"both\": {\"shortage\": {\"p\": [0, 0, 0.1, 0.1, 0.1, 0.1], \"se\": [0, 0, 0.01, 0.01, 0.01, 0.01]}},"
    "   \"idle_given_shortage\": {\"p\": 0.25, \"se\": 0.004}, \"shortage_given_idle\": {\"p\": null, \"se\": null},"
    "   \"mean_months\": {\"value\": 0.4, \"se\": 0.01}},"
    "  {\"firm\": \"beta\", \"region\": null, \"generation\": null, \"ever\": {\"p\": 0.6, \"se\": 0.01, \"ci\": "
    "[0.58, "
    "0.62]},"
    "   \"idle_given_shortage\": {\"p\": 0.333, \"se\": 0.003}, \"shortage_given_idle\": {\"p\": 0.2, \"se\": 0.01},"
    "   \"mean_months\": {\"value\": 0.4, \"se\": 0.01}},"
    "  {\"firm\": \"alpha\", \"region\": \"north\", \"generation\": \"old\","
    "   \"ever\": {\"p\": 0.5, \"se\": 0.01, \"ci\": [0.48, 0.52]},"
    "   \"idle_given_shortage\": {\"p\": 0.125, \"se\": 0.002}, \"shortage_given_idle\": {\"p\": 0.1, \"se\": 0.01},"
    "   \"mean_months\": {\"value\": 0.4, \"se\": 0.01}}],",
    " \"questions\": {"
    "  \"both\": {\"type\": \"probability\", \"ever\": {\"p\": 0.812, \"se\": 0.0035, \"ci\": [0.805, 0.819]},"
    "   \"by_month\": {\"p\": [0, 0, 0.1, 0.5, 0.4, 0.3], \"se\": [0, 0, 0.003, 0.004, 0.004, 0.004]},"
    "   \"first_passage\": {\"quantiles\": {\"0.1\": \"2029-12\", \"0.5\": \"2030-01\", \"0.9\": null},"
    "    \"by_month\": {\"p\": [0, 0, 0.1, 0.6, 0.7, 0.812], \"se\": [0, 0, 0.003, 0.004, 0.004, 0.0035]}},"
    "   \"mean_months\": {\"value\": 1.3, \"se\": 0.02}},"
    "  \"never\": {\"type\": \"probability\", \"ever\": {\"p\": 0, \"se\": 0.0002, \"ci\": [0, 0.0003]},"
    "   \"by_month\": {\"p\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]},"
    "   \"first_passage\": {\"quantiles\": {\"0.1\": null, \"0.5\": null, \"0.9\": null},"
    "    \"by_month\": {\"p\": [0, 0, 0, 0, 0, 0], \"se\": [0, 0, 0, 0, 0, 0]}},"
    "   \"mean_months\": {\"value\": 0, \"se\": 0}},",
    "  \"late-sale\": {\"type\": \"probability\", \"ever\": {\"p\": 0.3, \"se\": 0.004, \"ci\": [0.29, 0.31]},"
    "   \"first_passage\": {\"quantiles\": {\"0.1\": null, \"0.5\": null, \"0.9\": null},"
    "    \"by_month\": {\"p\": [0, 0, 0.1, 0.2, 0.2, 0.3], \"se\": [0, 0, 0, 0, 0, 0]}},"
    "   \"mean_months\": {\"value\": 0.3, \"se\": 0.004}},"
    "  \"gap\": {\"type\": \"fan\", \"series\": \"gap\", \"scope\": {},"
    "   \"quantiles\": {\"0.1\": [-0.1, -0.1, -0.2, -0.2, -0.2, -0.2], \"0.5\": [0, 0.01, 0.02, 0.03, 0.04, 0.05]},"
    "   \"outside\": [0.25, 0]},"
    "  \"layers\": {\"type\": \"binding\", \"late\": {\"gpu\": [0.25, null, 0, 0, 0, 0]},"
    "   \"late_ci\": {\"gpu\": {\"low\": [0.125, null], \"high\": [0.5, null]}}, \"stranded_ci\": {},"
    "   \"stranded\": {\"gpu\": [0, 0, 0, 0, 0, 0]}},",
    "  \"sale\": {\"type\": \"evidence\", \"as_of\": \"2029-12\", \"hypothesis\": \"calm\", \"cases\": [{"
    "   \"firm\": \"alpha\", \"prior\": {\"p\": 0.2, \"se\": 0.004}, \"steps\": ["
    "    {\"event\": \"sells\", \"evidence\": {\"p\": 0.3, \"se\": 0.004}, \"posterior\": {\"p\": 0.4, \"se\": "
    "0.008},"
    "     \"bayes_factor\": 2.5, \"ci\": [2.0, 3.125], \"single_factor\": 2.5,"
    "     \"paths\": {\"with_hypothesis\": 1482, \"without\": 2222}, \"needs_paths\": null, \"verdict\": \"points to "
    "it\"},"
    "    {\"event\": \"short\", \"evidence\": {\"p\": 0.01, \"se\": 0.001}, \"posterior\": {\"p\": 0.25, \"se\": "
    "0.04},"
    "     \"bayes_factor\": null, \"ci\": [null, null], \"single_factor\": 1.2,"
    "     \"paths\": {\"with_hypothesis\": 31, \"without\": 93}, \"needs_paths\": 79646, \"verdict\": \"too few "
    "paths\"}],"
    "   \"product_of_singles\": 3.0}]},",
    "  \"prices\": {\"type\": \"pattern\", \"as_of\": \"2029-12\", \"news\": {\"p\": 0.2, \"se\": 0.004},"
    "   \"outcome_given_news\": {\"p\": 0.15, \"se\": 0.007}, \"paths\": {\"with_outcome\": 370, \"without\": 2099},"
    "   \"names\": {"
    "    \"optics\": {\"move\": {\"value\": -0.045, \"se\": 0.001}, \"if_outcome\": {\"value\": -0.25, \"se\": 0.001},"
    "     \"if_not\": {\"value\": -0.01, \"se\": 0.001}, \"observed\": -0.106,"
    "     \"implied\": {\"value\": 0.4, \"ci\": [0.38, 0.42]}, \"explained\": {\"value\": 0.42, \"se\": 0.01}},"
    "    \"rival\": {\"move\": {\"value\": 0.01, \"se\": 0.001}, \"if_outcome\": {\"value\": -0.2, \"se\": 0.001},"
    "     \"if_not\": {\"value\": 0.05, \"se\": 0.001}, \"observed\": 0.1,"
    "     \"implied\": {\"value\": -0.2, \"ci\": [-0.22, -0.18]}, \"explained\": {\"value\": 0.1, \"se\": 0.01}},"
    "    \"quiet\": {\"move\": {\"value\": 0.0, \"se\": 0.001}, \"if_outcome\": {\"value\": 0.001, \"se\": 0.001},"
    "     \"if_not\": {\"value\": 0.0, \"se\": 0.001}, \"observed\": null, \"implied\": null, \"explained\": null}},"
    "   \"contradictions\": [[\"optics\", \"rival\"]], \"alone\": [\"rival\"],",
    "   \"readings\": {"
    "    \"mismatch\": {\"log_likelihood\": 1.5, \"posterior\": 0.25, \"posterior_se\": 0.01,"
    "     \"posterior_at_split\": 0.3, \"posterior_at_split_se\": 0.01, \"by_name\": {"
    "      \"optics\": {\"predicted\": -0.01, \"log_likelihood\": 0.5},"
    "      \"rival\": {\"predicted\": 0.05, \"log_likelihood\": 1.0}}},"
    "    \"demand_failing\": {\"log_likelihood\": -3, \"posterior\": 0.05, \"posterior_se\": 0.01,"
    "     \"posterior_at_split\": 0.01, \"posterior_at_split_se\": 0.01, \"by_name\": {"
    "      \"optics\": {\"predicted\": -0.25, \"log_likelihood\": -2.5},"
    "      \"rival\": {\"predicted\": -0.2, \"log_likelihood\": -0.5}}}}}}}",
};

/* \return a new document; the map's entries are those of `coexistence`. */
static inline json_t *test_document(void) {
    char text[16384];
    size_t used = 0;
    json_t *document;

    for (size_t i = 0; i < sizeof document_parts / sizeof *document_parts; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", document_parts[i]);
        assert_true(used < sizeof text);
    }
    document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    assert_int_equal(json_object_set_new(json_object_get(document, "questions"), "map",
                                         json_pack("{s:s, s:O}", "type", "coexistence", "entries",
                                                   json_object_get(document, "coexistence"))),
                     0);
    return document;
}

/* Members of a step of the ladder, put in or replaced. */
static inline void set_step(json_t *document, size_t number, const char *text) {
    json_t *cases = json_object_get(json_object_get(json_object_get(document, "questions"), "sale"), "cases");
    json_t *changes = json_loads(text, 0, NULL);

    assert_non_null(changes);
    json_object_update(json_array_get(json_object_get(json_array_get(cases, 0), "steps"), number), changes);
    json_decref(changes);
}

#endif
