#include "host/engine/step.h"

#if defined(__x86_64__) && defined(__linux__)
#include <signal.h>
#include <ucontext.h>

#define TRAP_FLAG 0x100

static struct step_counts *counted;
static const volatile int *stage_now;
static volatile sig_atomic_t stepping;
static struct sigaction before;

static void on_trap(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)number;
    (void)info;
    if (!stepping) {
        registers[REG_EFL] &= ~(greg_t)TRAP_FLAG;
        return;
    }
    /* the address of the instruction that comes next */
    struct step_instruction next = step_decode((const unsigned char *)registers[REG_RIP]);
    const int stage = *stage_now;
    counted->n[stage][next.kind][next.width]++;
    counted->loads[stage][next.width] += next.loads;
    counted->stores[stage][next.width] += next.stores;
}

bool step_possible(void) {
    return true;
}

void step_begin(struct step_counts *counts, const volatile int *stage) {
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    counted = counts;
    stage_now = stage;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTRAP, &action, &before);
    stepping = 1;
    __asm__ volatile("subq $128, %%rsp\n\tpushfq\n\torq %0, (%%rsp)\n\tpopfq\n\taddq $128, %%rsp" /* red zone */
                     :
                     : "i"(TRAP_FLAG)
                     : "memory", "cc");
}

void step_end(void) {
    stepping = 0;
    __asm__ volatile("nop\n\tnop"); /* the trap after one of these takes the flag away */
    sigaction(SIGTRAP, &before, NULL);
}

#else

bool step_possible(void) {
    return false;
}

void step_begin(struct step_counts *counts, const volatile int *stage) {
    (void)counts;
    (void)stage;
}

void step_end(void) {}
#endif
