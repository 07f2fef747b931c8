/* GSL ends the program on an error unless its handler is off, and there is one handler for the whole process. */
#ifndef MISMATCH_HOST_STUDY_GSL_ERRORS_H
#define MISMATCH_HOST_STUDY_GSL_ERRORS_H

/* From the first quiet call to the last loud one, of whatever thread, GSL returns its errors; then the handler is what
 * it was before. Each call of the one is followed by one of the other. */
void gsl_errors_quiet(void);
void gsl_errors_loud(void);

#endif
