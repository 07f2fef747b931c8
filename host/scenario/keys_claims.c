/* The option table, second half: contracts, launches, names, and what is asked of it all. */
#include "host/scenario/keys_rows.h"

/* What a series needs beside its name, wherever a series is named. */
#define SCOPE(path, firm_flags)                                                                                        \
    REF(path ".firm", OF_FIRM, firm_flags, NULL, "Of which firm; required by the series of a firm."),                  \
        REF(path ".region", OF_REGION, 0, "(all)", "Only this region (shares of spare, unsold, idle; utilisation)."),  \
        REF(path ".generation", OF_GENERATION, 0, "(all)", "Only this generation (the same series)."),                 \
        REF(path ".layer", OF_LAYER, 0, "(all)", "Only what this layer holds back (late and stranded series)."),       \
        REF(path ".name", OF_NAME, 0, NULL, "Whose revenue; required by `revenue`.")

/* One item of an event. */
#define ITEM(path)                                                                                                     \
    MAP(path, R, "Another event (`event`), or a condition (`series` with its scope and `at_least` or `below`)."),      \
        REF(path ".event", OF_EVENT, 0, NULL, "An event in the same month."),                                          \
        REF(path ".series", OF_SERIES, 0, NULL, "A series."), SCOPE(path, KEY_BOUND),                                  \
        REAL(path ".at_least", 0, -KEY_ANY, KEY_ANY, "", NULL, "Held when the series is at least this."),              \
        REAL(path ".below", 0, -KEY_ANY, KEY_ANY, "", NULL, "Held when the series is below this.")

/* An event looked for in a number of months. */
#define WITHIN(path, which)                                                                                            \
    REF(path ".event", OF_EVENT, R, NULL, "The event."),                                                               \
        REF(path ".firm", OF_FIRM, 0, NULL, "What `$firm` stands for in the event."),                                  \
        INT(path ".within", R, 1, 20000, "months", NULL, which)
#define LOOKED_BACK "Looked for in this many last months, that of `as_of` included."
#define LOOKED_AHEAD "Looked for in this many next months, that of `as_of` excluded."

const struct key keys_claims[] = {
    LIST("contracts", KEY_NAMED, 0, 10000, NULL, "Compute that one firm owns and another uses."),
    MAP("contracts[]", R, "A contract: a `share`, or `mw` of one `region` and `generation`."),
    NAME("contracts[].name", 0, "Its name, for overlays and --set."),
    REF("contracts[].lessor", OF_FIRM, R, NULL, "Who owns."),
    REF("contracts[].lessee", OF_FIRM, R, NULL, "Who uses."),
    DATE("contracts[].from", 0, "(month 0)", "First month."),
    DATE("contracts[].until", 0, "(the end)", "First month after it."),
    REAL("contracts[].share", 0, 0, 1, "share", NULL,
         "Of everything that the lessor owns. The shares that a lessor gives in a month must not sum to more than 1."),
    REAL("contracts[].mw", 0, 0, KEY_ANY, "MW", NULL, "Of one region and generation, from what the shares leave."),
    REF("contracts[].region", OF_REGION, 0, NULL, "With `mw`: the region."),
    REF("contracts[].generation", OF_GENERATION, 0, NULL, "With `mw`: the generation."),

    LIST("launches", KEY_NAMED, 0, 1000, NULL, "Products whose arrival lifts a firm's inference."),
    MAP("launches[]", R, "A row of launches that are alike."),
    NAME("launches[].name", 0, "Its name, for overlays and --set."),
    REF("launches[].firm", OF_FIRM, R, NULL, "Whose."),
    LIST("launches[].planned", R, 0, 1000, NULL, "When they are planned."),
    DATE("launches[].planned[]", R, NULL, "A planned month."),
    REAL("launches[].uplift", 0, 0, KEY_ANY, "share", "0", "What each adds to the firm's inference."),
    REAL("launches[].ramp", KEY_ABOVE, 0, KEY_ANY, "months", "1", "How long it takes to add it."),
    MAP("launches[].slip", 0, "How late it comes (lognormal)."),
    REAL("launches[].slip.median", 0, 0, KEY_ANY, "months", "0", "Median."),
    REAL("launches[].slip.sigma", 0, 0, KEY_ANY, "log", "0", "Spread in logs."),
    REAL("launches[].success_sigma", 0, 0, KEY_ANY, "log", "0", "Spread of its success, a factor of mean 1."),

    LIST("names", KEY_NAMED, 0, 1000, NULL, "Listed names whose revenue follows from a path."),
    MAP("names[]", R, "A name: a `supplier` or a `cloud`."),
    NAME("names[].name", R, "Its name."),
    MAP("names[].supplier", 0, "Sells to whoever builds."),
    INT("names[].supplier.lead", R, 0, 20000, "months", NULL, "Books this long before a block's planned month."),
    TABLE("names[].supplier.per_mw", OF_GENERATION, 0, KEY_ANY, "Revenue from each MW; 0 for generations left out."),
    REAL("names[].supplier.per_mw.<generation>", R, 0, KEY_ANY, "$M/MW", NULL, "Of this generation."),
    MAP("names[].cloud", 0, "Sells compute."),
    REF("names[].cloud.firm", OF_FIRM, R, NULL, "The firm whose compute it sells."),
    REAL("names[].cloud.contract_rate", 0, 0, KEY_ANY, "$M per month and kH100e", "0", "For compute under contract."),
    REAL("names[].cloud.spot_rate", 0, 0, KEY_ANY, "$M per month and kH100e", "0", "For compute sold, at price 1."),
    REAL("names[].cloud.service_rate", 0, 0, KEY_ANY, "$M per month and kH100e", "0", "For its own inference served."),
    REAL("names[].cloud.other", 0, -KEY_ANY, KEY_ANY, "$M per month", "0", "Everything else it earns."),
    REAL("names[].leverage", 0, -KEY_ANY, KEY_ANY, "", "1", "Move of the price for each move of the value."),
    REAL("names[].observed", 0, -1, KEY_ANY, "share", "(none)", "The move that was seen: -0.1 is 10 % down."),
    MAP("valuation", 0, "How revenue becomes value."),
    INT("valuation.horizon", 0, 1, 20000, "months", "24", "Months of revenue that count."),
    REAL("valuation.discount", KEY_ABOVE, -1, KEY_ANY, "per year", "0.10", "Discount rate."),

    TABLE("events", OF_EVENT, 0, 1000, "What may happen in a month. At most 64 after `for_each`."),
    MAP("events.<event>", R, "An event: one of `all_of`, `any_of`, `not`."),
    LIST("events.<event>.all_of", KEY_ONE, 1, 64, NULL, "Held when all items are."),
    ITEM("events.<event>.all_of[]"),
    LIST("events.<event>.any_of", KEY_ONE, 1, 64, NULL, "Held when at least one item is."),
    ITEM("events.<event>.any_of[]"),
    LIST("events.<event>.not", KEY_ONE, 1, 1, NULL, "Held when its item is not."),
    ITEM("events.<event>.not[]"),
    INT("events.<event>.for", 0, 1, 20000, "months", "1", "For how many months running, this one included."),
    DATE("events.<event>.from", 0, "(month 0)", "First month that is read; within the horizon."),
    DATE("events.<event>.to", 0, "(the last)", "Last month that is read; within the horizon."),

    LIST("questions", KEY_NAMED, 0, 1000, NULL, "What is to be answered."),
    MAP("questions[]", R, "A question: a name and one of the kinds."),
    NAME("questions[].name", R, "Its name."),
    MAP("questions[].probability", 0, "How likely an event is: ever, by month, when first, for how long."),
    REF("questions[].probability.event", OF_EVENT, R, NULL, "The event."),
    REF("questions[].probability.firm", OF_FIRM, 0, NULL, "What `$firm` stands for in the event."),
    DATE("questions[].probability.from", 0, "(month 0)", "First month that counts; within the horizon."),
    DATE("questions[].probability.to", 0, "(the last)", "Last month that counts; within the horizon."),
    MAP("questions[].coexistence", 0, "How often firms are idle while the industry is short, and otherwise."),
    REF("questions[].coexistence.series", OF_SERIES, R, NULL, "What idle means: a series of a firm."),
    REAL("questions[].coexistence.at_least", R, -KEY_ANY, KEY_ANY, "", NULL, "Idle from this value on."),
    INT("questions[].coexistence.for", 0, 1, 20000, "months", "1", "For how many months running."),
    LIST("questions[].coexistence.by", 0, 1, 4, "[[firm]]", "Scopes to list."),
    LIST("questions[].coexistence.by[]", R, 1, 3, NULL, "A scope: `firm`, with `region`, `generation` or both."),
    REF("questions[].coexistence.by[][]", OF_SCOPE, R, NULL, "A part of the scope."),
    MAP("questions[].evidence", 0, "What pieces of evidence say about a hypothesis, one after the other."),
    LIST("questions[].evidence.for_each", KEY_ONE, 1, 32, NULL, "Asked for each of these firms, as `$firm`."),
    REF("questions[].evidence.for_each[]", OF_FIRM, R, NULL, "A firm."),
    REF("questions[].evidence.firm", OF_FIRM, 0, NULL, "What `$firm` stands for; instead of `for_each`."),
    DATE("questions[].evidence.as_of", R, NULL, "Until when the evidence is known; within the horizon."),
    MAP("questions[].evidence.hypothesis", R, "The event in question."),
    WITHIN("questions[].evidence.hypothesis", LOOKED_AHEAD),
    LIST("questions[].evidence.evidence", R | KEY_ONE, 1, 16, NULL, "Pieces, in the order in which they are weighed."),
    MAP("questions[].evidence.evidence[]", R, "A piece of evidence."),
    WITHIN("questions[].evidence.evidence[]", LOOKED_BACK),
    MAP("questions[].fan", 0, "Quantiles of a series, month by month."),
    REF("questions[].fan.series", OF_SERIES, R, NULL, "The series."),
    SCOPE("questions[].fan", 0),
    LIST("questions[].fan.quantiles", 0, 1, 99, "[0.05, 0.25, 0.5, 0.75, 0.95]", "The quantiles."),
    REAL("questions[].fan.quantiles[]", R | KEY_ABOVE | KEY_BELOW, 0, 1, "", NULL, "A quantile."),
    MAP("questions[].tail", 0, "How bad the worst paths are: expected shortfall and exceedance of a series or event."),
    REF("questions[].tail.series", OF_SERIES, 0, NULL, "The series of which each path has one value."),
    SCOPE("questions[].tail", 0),
    BOOL("questions[].tail.mean", "false", "The mean of the window's months instead of the highest."),
    REF("questions[].tail.event", OF_EVENT, 0, NULL,
        "Instead of a series: an event, whose months in the window count."),
    DATE("questions[].tail.from", 0, "(month 0)", "First month that counts; within the horizon."),
    DATE("questions[].tail.to", 0, "(the last)", "Last month that counts; within the horizon."),
    LIST("questions[].tail.levels", KEY_ONE, 1, 99, "[0.95, 0.99]", "Levels: the tail is what lies above this share."),
    REAL("questions[].tail.levels[]", R | KEY_BELOW, 0, 1, "", NULL, "A level; 0: the mean of all paths."),
    LIST("questions[].tail.exceed", KEY_ONE, 1, 99, "(edges of bins)", "How many paths reach each of these values."),
    REAL("questions[].tail.exceed[]", R, -KEY_ANY, KEY_ANY, "as the series", NULL, "A value, or a number of months."),
    MAP("questions[].binding", 0, "Which layer holds back what is late."),
    MAP("questions[].pattern", 0, "What news is worth to each of `names`, and what their moves imply."),
    DATE("questions[].pattern.as_of", R, NULL, "Month of the news; within the horizon."),
    MAP("questions[].pattern.news", R, "The news."),
    WITHIN("questions[].pattern.news", LOOKED_BACK),
    MAP("questions[].pattern.outcome", R, "The outcome that it may foretell."),
    WITHIN("questions[].pattern.outcome", LOOKED_AHEAD),
    {"questions[].pattern.competitor", KEY_OVERLAY, OF_NOTHING, 0, 0, 0, "", "(none)",
     "An overlay (a file, or its content) in which the seller becomes a competitor of its lessors."},
    REAL("questions[].pattern.spread", KEY_ABOVE, 0, KEY_ANY, "share", "0.05",
         "Standard deviation of moves about a reading."),

    TABLE("ranges", OF_KEY, 0, 1000, "How well values are known: dotted keys, such as `slips.power.median`."),
    LIST("ranges.correlate", 0, 0, 1000, NULL, "Pairs that are not independent."),
    MAP("ranges.correlate[]", R, "A pair."),
    LIST("ranges.correlate[].keys", R, 2, 2, NULL, "The two dotted keys, both in `ranges`."),
    REF("ranges.correlate[].keys[]", OF_KEY, R, NULL, "A dotted key."),
    REAL("ranges.correlate[].rho", R | KEY_ABOVE | KEY_BELOW, -1, 1, "", NULL,
         "Correlation of the normals behind them."),
    MAP("ranges.<key>", R, "A range."),
    REAL("ranges.<key>.low", R, -KEY_ANY, KEY_ANY, "as the key", NULL, "5 % point."),
    REAL("ranges.<key>.central", R, -KEY_ANY, KEY_ANY, "as the key", NULL, "Median."),
    REAL("ranges.<key>.high", R, -KEY_ANY, KEY_ANY, "as the key", NULL, "95 % point."),
    REF("ranges.<key>.grade", OF_GRADE, R, NULL, "Of the belief: A (data) to D, J (judgement)."),
};

const size_t keys_n_claims = sizeof keys_claims / sizeof keys_claims[0];
