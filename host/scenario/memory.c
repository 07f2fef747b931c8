#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/memory.h"

#define BLOCK_SIZE ((size_t)1 << 16)
#define ALIGNMENT _Alignof(max_align_t)

struct memory_block {
    struct memory_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct memory_slot {
    struct memory_slot *next;
    void (*release)(void *);
    void *thing;
};

struct sc_memory *memory_new(void) {
    return calloc(1, sizeof(struct sc_memory));
}

void memory_free(struct sc_memory *memory) {
    if (!memory)
        return;
    for (const struct memory_slot *slot = memory->slots; slot; slot = slot->next)
        if (slot->thing)
            slot->release(slot->thing);
    while (memory->blocks) {
        struct memory_block *next = memory->blocks->next;
        free(memory->blocks);
        memory->blocks = next;
    }
    free(memory);
}

_Noreturn void memory_out(struct sc_memory *memory) {
    longjmp(*memory->escape, 1);
}

void *memory_get(struct sc_memory *memory, size_t n, size_t size) {
    if (size && n > (SIZE_MAX / 4) / size)
        memory_out(memory);
    size_t bytes = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct memory_block *block = memory->blocks;
    if (!block || block->size - block->used < bytes) {
        size_t room = bytes > BLOCK_SIZE ? bytes : BLOCK_SIZE;
        block = calloc(1, sizeof *block + room);
        if (!block)
            memory_out(memory);
        block->size = room;
        block->next = memory->blocks;
        memory->blocks = block;
    }
    void *place = block->bytes + block->used;
    block->used += bytes;
    return place;
}

char *memory_text(struct sc_memory *memory, const char *text, size_t length) {
    char *copy = memory_get(memory, length + 1, 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *memory_copy(struct sc_memory *memory, const char *text) {
    return memory_text(memory, text, strlen(text));
}

char *memory_vformat(struct sc_memory *memory, const char *format, va_list arguments) {
    char brief[256];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(brief, sizeof brief, format, arguments);
    char *text = length < 0 ? NULL : memory_get(memory, (size_t)length + 1, 1);
    if (text && (size_t)length < sizeof brief)
        memcpy(text, brief, (size_t)length);
    else if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    if (!text)
        memory_out(memory);
    return text;
}

char *memory_format(struct sc_memory *memory, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_vformat(memory, format, arguments);
    va_end(arguments);
    return text;
}

void **memory_slot(struct sc_memory *memory, void (*release)(void *)) {
    struct memory_slot *slot = memory_get(memory, 1, sizeof *slot);
    slot->release = release;
    slot->next = memory->slots;
    memory->slots = slot;
    return &slot->thing;
}

void *memory_grow(struct sc_memory *memory, const void *items, size_t size, int n, int *room) {
    int larger = *room ? *room * 2 : 8;
    void *bigger = memory_get(memory, (size_t)larger, size);
    if (n)
        memcpy(bigger, items, size * (size_t)n);
    *room = larger;
    return bigger;
}
