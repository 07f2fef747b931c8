/* Memory that is freed as a whole: everything that belongs to one scenario comes from one sc_memory.
 *
 * Running out of memory jumps to `escape`, which the public functions set before they do anything else; so no function
 * in between has to check, and what it held from outside (a parser, a JSON value) is released because it was put into a
 * slot of memory_slot(). */
#ifndef MISMATCH_HOST_SCENARIO_MEMORY_H
#define MISMATCH_HOST_SCENARIO_MEMORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

struct sc_memory {
    struct memory_block *blocks;
    struct memory_slot *slots;
    jmp_buf *escape; /* set while something is being read */
};

/* \return new memory, or NULL. */
struct sc_memory *memory_new(void);
/* Releases the slots, latest first, then all blocks. NULL is allowed. */
void memory_free(struct sc_memory *memory);

/* Room for n things of `size` bytes, zeroed. Never NULL: jumps to `escape` instead. */
void *memory_get(struct sc_memory *memory, size_t n, size_t size);
char *memory_text(struct sc_memory *memory, const char *text, size_t length);
char *memory_copy(struct sc_memory *memory, const char *text);
char *memory_format(struct sc_memory *memory, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *memory_vformat(struct sc_memory *memory, const char *format, va_list arguments);
/* Jumps to `escape`. */
_Noreturn void memory_out(struct sc_memory *memory);

/* A place for something that `release` frees together with the memory; set it back to NULL after releasing it. */
void **memory_slot(struct sc_memory *memory, void (*release)(void *));

/* A list that grows: makes room for one more and returns where it goes. */
#define MEMORY_GROW(memory, items, n, room)                                                                            \
    ((n) < (room) ? &(items)[(n)++]                                                                                    \
                  : ((items) = memory_grow((memory), (items), sizeof *(items), (n), &(room)), &(items)[(n)++]))
void *memory_grow(struct sc_memory *memory, const void *items, size_t size, int n, int *room);

#endif
