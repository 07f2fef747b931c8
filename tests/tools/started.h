/* What the preloaded faults.so tells the tracer with a call that does nothing else: the loader is done. */
#ifndef MISMATCH_TESTS_STARTED_H
#define MISMATCH_TESTS_STARTED_H

#define STARTED 0x6d69736d

#endif
