/* A store: opened, listed, and every result of it shown. */
#include "fuzz.h"

static mm_status show(mm_result *result, void *context) {
    const mm_text_style style = {.width = 100, .verbosity = 1};
    mm_result_write_text(result, &style, context);
    mm_result_free(result);
    return MM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *name = fuzz_file(".db", data, size);
    mm_messages *messages = mm_messages_new();
    mm_store *store = NULL;
    remove("input.db-journal");
    remove("input.db-wal");
    remove("input.db-shm");
    if (mm_store_recognised(name) && mm_store_open(name, MM_STORE_READ, &store, messages) == MM_OK) {
        const mm_listing listing = {.form = MM_LISTING_JSON};
        FILE *nowhere = fopen("/dev/null", "w");
        if (nowhere == NULL) {
            abort();
        }
        mm_store_list(store, &listing, nowhere, messages);
        mm_store_each(store, show, nowhere, messages);
        fclose(nowhere);
    }
    mm_store_close(store);
    mm_messages_free(messages);
    return 0;
}
