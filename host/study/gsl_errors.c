#include "host/study/gsl_errors.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>

/* If each study put back by itself what it had found, one that ends first would let GSL end the program in the other.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned users;
static gsl_error_handler_t *before;

void gsl_errors_quiet(void) {
    pthread_mutex_lock(&lock);
    if (users++ == 0) {
        before = gsl_set_error_handler_off();
    }
    pthread_mutex_unlock(&lock);
}

void gsl_errors_loud(void) {
    pthread_mutex_lock(&lock);
    if (--users == 0) {
        gsl_set_error_handler(before);
    }
    pthread_mutex_unlock(&lock);
}
