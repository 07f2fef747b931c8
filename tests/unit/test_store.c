/* What lies in files: ranges, numbers, packed tallies, whole files, checkpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <mismatch/file.h>

#include "host/store/checkpoint.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/ranges.h"

#define LIMIT (UINT64_C(1) << 40)
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct tallies *filled(size_t n_counts, size_t n_sums) {
    struct tallies *tallies = tallies_new(n_counts, n_sums);
    uint64_t x = 88172645463325252u;
    for (size_t i = 0; i < n_counts; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        tallies->counts[i] = i % 3 ? x : i;
    }
    for (size_t i = 0; i < n_sums; i++)
        tallies->sums[i] = (struct tally_sum){x * i, i};
    return tallies;
}

static bool same(const struct tallies *a, const struct tallies *b) {
    char x[65], y[65];
    tallies_digest(a, x);
    tallies_digest(b, y);
    return strcmp(x, y) == 0;
}

static void write_text(const char *file, const char *text) {
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static char *read_text(const char *file) {
    static char text[1 << 20];
    FILE *in = fopen(file, "r");
    assert_non_null(in);
    size_t n = fread(text, 1, sizeof text - 1, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

static bool is_there(const char *file) {
    return access(file, F_OK) == 0;
}

static void ranges(void **state) {
    (void)state;
    struct range_list list = {0}, read;
    struct range overlap;
    assert_true(ranges_join(&list, NULL));
    assert_true(ranges_add(&list, 20, 5) && ranges_add(&list, 0, 10) && ranges_add(&list, 10, 10));
    assert_true(ranges_join(&list, &overlap));
    assert_int_equal(list.n, 1);
    assert_int_equal(ranges_paths(&list), 25);
    assert_true(ranges_add(&list, 30, 1) && ranges_join(&list, &overlap));
    assert_int_equal(list.n, 2);
    json_t *json = ranges_to_json(&list);
    assert_true(ranges_from_json(json, LIMIT, &read));
    assert_int_equal(ranges_paths(&read), 26);
    ranges_free(&read);
    assert_false(ranges_from_json(json, 30, &read)); /* path 30 is not below the limit */
    json_decref(json);
    assert_true(ranges_add(&list, 24, 3));
    assert_false(ranges_join(&list, &overlap));
    assert_true(overlap.first == 24 && overlap.n == 1);
    ranges_free(&list);
    static const char *const bad[] = {"[]", "{}", "[[1]]", "[[0, 0]]", "[[-1, 2]]", "[[0, 2], [1, 2]]", "[1, 2]"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        json = json_loads(bad[i], 0, NULL);
        assert_false(ranges_from_json(json, LIMIT, &read));
        json_decref(json);
    }
}

static char *text_of(const json_t *value, int depth) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    json_text_write(out, value, depth);
    fclose(out);
    return text;
}

static void numbers_as_text(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {0, "0.0"},
                 {2, "2.0"},
                 {-0.25, "-0.25"},
                 {0.123456, "0.123456"},
                 {1e300, "1e+300"},
                 {1.0 / 3, "0.3333333333333333"},
                 {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *value = json_real(cases[i].value);
        char *text = text_of(value, 0);
        assert_string_equal(text, cases[i].text);
        json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
        assert_true(json_is_real(back) && json_equal(back, value));
        free(text);
        json_decref(back);
        json_decref(value);
    }
    static const uint64_t whole[] = {0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        json_t *value = json_text_u64(whole[i]);
        uint64_t back;
        assert_true(json_text_read_u64(value, &back) && back == whole[i]);
        json_decref(value);
    }
    static const char *const bad[] = {"-1", "\"\"", "\"1x\"", "\"18446744073709551616\"", "1.5", "null", "\" 1\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        json_t *value = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        uint64_t number;
        assert_false(json_text_read_u64(value, &number));
        json_decref(value);
    }
}

static void layout_of_text(void **state) {
    (void)state;
    json_t *value =
        json_loads("{\"a\": {\"b\": [1, 2], \"c\": {}}, \"d\": [{\"e\": \"\\\"\\n\"}], \"f\": []}", 0, NULL);
    char *text = text_of(value, 0);
    assert_string_equal(text, "{\n  \"a\": {\n    \"b\": [1, 2],\n    \"c\": {}\n  },\n"
                              "  \"d\": [\n    {\"e\": \"\\\"\\n\"}\n  ],\n  \"f\": []\n}");
    free(text);
    json_decref(value);
}

static json_t *packed_json(const struct tallies *tallies) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_true(packed_write(out, tallies));
    fclose(out);
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    free(text);
    return json;
}

static void packing(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{0, 0}, {1, 0}, {0, 1}, {5, 3}, {2048, 0}, {5000, 3000}, {100001, 7}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct tallies *tallies = filled(shapes[i][0], shapes[i][1]);
        json_t *json = packed_json(tallies);
        json_int_t format;
        const char *why;
        struct tallies *back = packed_read(json, &format, &why);
        assert_non_null(back);
        assert_int_equal(format, PACKED_FORMAT);
        assert_true(same(tallies, back));
        tallies_free(back);
        tallies_free(tallies);
        json_decref(json);
    }
}

/* Each fault is refused, and none makes the reader take much memory or touch what is not its own. */
static void packing_refuses(void **state) {
    (void)state;
    struct tallies *tallies = filled(3000, 500);
    json_t *good = packed_json(tallies);
    const char *data = json_string_value(json_object_get(good, "data")), *why;
    size_t length = strlen(data);
    json_int_t format;
    for (int fault = 0; fault < 9; fault++) {
        json_t *json = json_deep_copy(good);
        char *broken = strdup(data);
        switch (fault) {
        case 0:
            broken[length / 2] = '!';
            break;
        case 1:
            broken[length - 4] = '\0';
            break;
        case 2:
            broken[0] = '\0';
            break;
        case 3:
            broken[length / 2] = broken[length / 2] == 'A' ? 'B' : 'A';
            break;
        case 4:
            json_object_set_new(json, "n_counts", json_integer(2999));
            break;
        case 5:
            json_object_set_new(json, "n_sums", json_integer(501));
            break;
        case 6:
            json_object_set_new(json, "n_counts", json_integer(INT64_C(1) << 40));
            break;
        case 7:
            json_object_set_new(json, "n_counts", json_integer(-1));
            break;
        default:
            json_object_set_new(json, "encoding", json_string("zip"));
            break;
        }
        json_object_set_new(json, "data", json_string(broken));
        struct tallies *read = packed_read(json, &format, &why);
        assert_null(read);
        assert_non_null(why);
        free(broken);
        json_decref(json);
    }
    assert_null(packed_read(NULL, &format, &why));
    json_decref(good);
    tallies_free(tallies);
}

static void whole_files(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    mm_file *file;
    assert_int_equal(mm_file_check("whole", false, messages), MM_OK);
    assert_false(is_there("whole") || is_there("whole.part"));
    write_text("whole.part", "what a dead process has left behind");
    assert_int_equal(mm_file_create("whole", false, &file, messages), MM_OK);
    fputs("new", mm_file_stream(file));
    assert_false(is_there("whole"));
    assert_int_equal(mm_file_commit(file, messages), MM_OK);
    assert_string_equal(read_text("whole"), "new");
    assert_false(is_there("whole.part"));
    /* what exists is kept */
    assert_int_equal(mm_file_create("whole", false, &file, messages), MM_USAGE);
    assert_int_equal(mm_file_check("whole", false, messages), MM_USAGE);
    assert_int_equal(mm_file_create("whole", true, &file, messages), MM_OK);
    fputs("newer", mm_file_stream(file));
    mm_file_abandon(file);
    assert_string_equal(read_text("whole"), "new");
    /* also when it appears while the new one is being written */
    assert_int_equal(mm_file_create("late", false, &file, messages), MM_OK);
    write_text("late", "theirs");
    assert_int_equal(mm_file_commit(file, messages), MM_USAGE);
    assert_string_equal(read_text("late"), "theirs");
    assert_false(is_there("late.part"));
    mm_file_abandon(NULL);
    mm_messages_free(messages);
}

static void files_in_the_way(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    mm_file *file, *second;
    assert_int_equal(mm_file_create("none/file", false, &file, messages), MM_IO);
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(mm_file_create("folder", true, &file, messages), MM_IO);
    assert_int_equal(mm_file_create("/proc/none.json", true, &file, messages), MM_IO);
    /* another writer at work */
    assert_int_equal(mm_file_create("busy", false, &file, messages), MM_OK);
    assert_int_equal(mm_file_create("busy", false, &second, messages), MM_IO);
    assert_int_equal(mm_file_commit(file, messages), MM_OK);
    /* behind a link it is the file that is replaced; its mode stays */
    assert_int_equal(chmod("busy", 0640), 0);
    assert_int_equal(symlink("busy", "link"), 0);
    assert_int_equal(mm_file_create("link", true, &file, messages), MM_OK);
    fputs("through the link", mm_file_stream(file));
    assert_int_equal(mm_file_commit(file, messages), MM_OK);
    struct stat at;
    assert_int_equal(lstat("link", &at), 0);
    assert_true(S_ISLNK(at.st_mode));
    assert_int_equal(stat("busy", &at), 0);
    assert_int_equal(at.st_mode & 0777, 0640);
    assert_string_equal(read_text("busy"), "through the link");
    /* a device is written to as it is */
    assert_int_equal(mm_file_create("/dev/null", false, &file, messages), MM_OK);
    assert_int_equal(mm_file_commit(file, messages), MM_OK);
    assert_int_equal(stat("/dev/null", &at), 0);
    assert_true(S_ISCHR(at.st_mode));
    assert_int_equal(mm_file_create("/dev/full", false, &file, messages), MM_OK);
    fputs("more than it can take", mm_file_stream(file));
    assert_int_equal(mm_file_commit(file, messages), MM_IO);
    mm_messages_free(messages);
}

static const struct checkpoint this_run = {
    .sha256 = SHA, .seed = UINT64_MAX, .first_path = 100, .paths = 1000, .goal = 1000, .done = 640, .seconds = 2.5};

static mm_status load(const char *file, struct checkpoint wanted, struct checkpoint *read, struct tallies *tallies) {
    mm_messages *messages = mm_messages_new();
    *read = wanted;
    read->goal = 0;
    read->done = 0;
    read->seconds = 0;
    mm_status status = checkpoint_load(file, read, tallies, messages);
    assert_true((status == MM_OK) == (mm_messages_count(messages) == 0));
    mm_messages_free(messages);
    return status;
}

static void checkpoints(void **state) {
    (void)state;
    struct tallies *tallies = filled(300, 20), *back = tallies_new(300, 20);
    struct checkpoint read;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(load("deep/er/run.checkpoint", this_run, &read, back), MM_OK);
    assert_int_equal(read.done, 0);
    assert_int_equal(checkpoint_save("deep/er/run.checkpoint", &this_run, tallies, messages), MM_OK);
    struct stat at;
    assert_int_equal(stat("deep", &at), 0);
    assert_int_equal(at.st_mode & 0777, 0700);
    assert_int_equal(load("deep/er/run.checkpoint", this_run, &read, back), MM_OK);
    assert_int_equal(read.done, 640);
    assert_int_equal(read.goal, 1000);
    assert_true(read.seconds > 2.4 && read.seconds < 2.6);
    assert_true(same(tallies, back));
    /* written again; the one before is gone only when the new one is in place */
    struct checkpoint later = this_run;
    later.done = 960;
    assert_int_equal(checkpoint_save("deep/er/run.checkpoint", &later, tallies, messages), MM_OK);
    assert_false(is_there("deep/er/run.checkpoint.previous"));
    assert_int_equal(rename("deep/er/run.checkpoint", "deep/er/run.checkpoint.previous"), 0);
    tallies_free(back);
    back = tallies_new(300, 20);
    assert_int_equal(load("deep/er/run.checkpoint", this_run, &read, back), MM_OK);
    assert_int_equal(read.done, 960);
    assert_int_equal(checkpoint_save("/proc/none/run.checkpoint", &this_run, tallies, messages), MM_IO);
    mm_messages_free(messages);
    tallies_free(tallies);
    tallies_free(back);
}

static void checkpoints_of_others(void **state) {
    (void)state;
    struct tallies *tallies = filled(300, 20), *back = tallies_new(300, 20), *zero = tallies_new(300, 20),
                   *small = tallies_new(10, 20);
    struct checkpoint read, wanted;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(checkpoint_save("c", &this_run, tallies, messages), MM_OK);
    wanted = this_run;
    wanted.seed = 1;
    assert_int_equal(load("c", wanted, &read, back), MM_USAGE);
    wanted = this_run;
    wanted.paths = 1001;
    assert_int_equal(load("c", wanted, &read, back), MM_USAGE);
    wanted = this_run;
    wanted.until = "rungs";
    assert_int_equal(load("c", wanted, &read, back), MM_USAGE);
    wanted = this_run;
    wanted.first_path = 0;
    assert_int_equal(load("c", wanted, &read, back), MM_USAGE);
    wanted = this_run;
    wanted.sha256 = "f" SHA;
    assert_int_equal(load("c", wanted, &read, back), MM_USAGE);
    assert_int_equal(load("c", this_run, &read, small), MM_USAGE);
    /* damaged: another number of paths done, half a file, something else */
    char *text = read_text("c"), *done = strstr(text, "640");
    assert_non_null(done);
    done[0] = '5';
    write_text("c", text);
    assert_int_equal(load("c", this_run, &read, back), MM_USAGE);
    done[0] = '6';
    text[strlen(text) / 2] = '\0';
    write_text("c", text);
    assert_int_equal(load("c", this_run, &read, back), MM_USAGE);
    write_text("c", "{}");
    assert_int_equal(load("c", this_run, &read, back), MM_USAGE);
    assert_int_equal(load(".", this_run, &read, back), MM_USAGE);
    assert_int_equal(read.done, 0);
    assert_true(same(back, zero));
    mm_messages_free(messages);
    tallies_free(tallies);
    tallies_free(back);
    tallies_free(zero);
    tallies_free(small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),           cmocka_unit_test(numbers_as_text), cmocka_unit_test(layout_of_text),
        cmocka_unit_test(packing),          cmocka_unit_test(packing_refuses), cmocka_unit_test(whole_files),
        cmocka_unit_test(files_in_the_way), cmocka_unit_test(checkpoints),     cmocka_unit_test(checkpoints_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
