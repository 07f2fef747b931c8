#include "host/study/took_part.h"

#include <string.h>

void took_part_read(struct took_part *devices, const struct engine_backend *backend, const struct engine *engine) {
    size_t n = backend->describe(engine, devices->items, TOOK_PART_MOST);
    devices->backend = backend;
    devices->n = n < TOOK_PART_MOST ? n : TOOK_PART_MOST;
}

json_t *took_part_json(const struct took_part *devices, uint64_t paths) {
    const bool alone = devices->backend != &engine_team;
    json_t *list = json_array();
    for (size_t i = 0; i < devices->n && list; i++) {
        const struct engine_description *device = &devices->items[i];
        json_t *one = json_pack("{s:s, s:s, s:s, s:i, s:I, s:b}", "name", device->device, "backend", device->backend,
                                "driver", device->driver, "lanes", device->lanes, "paths",
                                (json_int_t)(alone ? paths : device->paths), "failed", device->failed);
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

const char *took_part_backend(const struct took_part *devices) {
    for (size_t i = 1; i < devices->n; i++)
        if (strcmp(devices->items[i].backend, devices->items[0].backend) != 0)
            return "several";
    return devices->n ? devices->items[0].backend : devices->backend->name;
}
