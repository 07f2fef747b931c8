/* Memory that ran out where nobody could be told: jansson drops a member whose value could not be made, a stream to
 * memory the text that it had no room for. Both are counted, and whoever made something asks whether it is whole. */
#ifndef MISMATCH_HOST_FAILURES_H
#define MISMATCH_HOST_FAILURES_H

#include <stddef.h>

#include <mismatch/status.h>

/* One more, in this thread. */
void memory_failed(void);

/* What a function returns that would return `status`, and at whose beginning mm_memory_failures() was `before`: memory
 * may have run out meanwhile, and then what it has found or made (also that something is damaged) is not to be trusted.
 * \return `status`, or MM_INTERNAL (message). */
mm_status memory_check(size_t before, mm_status status, mm_messages *messages);

#endif
