#include "host/study/study.h"

#include <math.h>
#include <mismatch/file.h>
#include <stdlib.h>

#include "host/report/report.h"
#include "host/scenario/failures.h"
#include "host/scenario/text.h"
#include "host/store/json_text.h"
#include "host/store/store.h"

mm_status study_new(json_t *document, mm_study **study, mm_messages *messages) {
    *study = document ? calloc(1, sizeof **study) : NULL;
    if (!*study) {
        json_decref(document);
        return store_no_memory(messages);
    }
    (*study)->document = document;
    return MM_OK;
}

mm_status study_end(size_t before, mm_status status, mm_study **study, mm_messages *messages) {
    mm_status end = memory_check(before, status, messages);
    if (end != status) {
        mm_study_free(*study);
        *study = NULL;
    }
    return end;
}

void mm_study_free(mm_study *study) {
    if (!study)
        return;
    json_decref(study->document);
    free(study);
}

json_t *study_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

mm_status mm_study_write_json(const mm_study *study, FILE *out) {
    json_text_write(out, study->document, 0);
    fputc('\n', out);
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}

mm_status mm_study_write_csv(const mm_study *study, FILE *out) {
    locale_t before = text_plain();
    mm_status status = report_study_csv(study->document, out);
    text_restore(before);
    return status;
}

mm_status mm_study_write_text(const mm_study *study, const mm_text_style *style, FILE *out) {
    locale_t before = text_plain();
    mm_status status = report_study_text(study->document, style, out);
    text_restore(before);
    return status;
}

mm_status mm_study_save(const mm_study *study, const char *file, bool force, mm_messages *messages) {
    mm_file *saved;
    mm_status status = mm_file_create(file, force, &saved, messages);
    if (status != MM_OK)
        return status;
    (void)mm_study_write_json(study, mm_file_stream(saved)); /* a failed write shows when it is committed */
    return mm_file_commit(saved, messages);
}
