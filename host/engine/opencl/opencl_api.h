/* The functions of OpenCL, found at run time, so that the program starts where there is no OpenCL. */
#ifndef MISMATCH_HOST_OPENCL_API_H
#define MISMATCH_HOST_OPENCL_API_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define OPENCL_FUNCTIONS(X)                                                                                            \
    X(clGetPlatformIDs)                                                                                                \
    X(clGetPlatformInfo)                                                                                               \
    X(clGetDeviceIDs)                                                                                                  \
    X(clGetDeviceInfo)                                                                                                 \
    X(clCreateContext)                                                                                                 \
    X(clReleaseContext)                                                                                                \
    X(clCreateCommandQueue)                                                                                            \
    X(clReleaseCommandQueue)                                                                                           \
    X(clCreateBuffer)                                                                                                  \
    X(clReleaseMemObject)                                                                                              \
    X(clCreateProgramWithSource)                                                                                       \
    X(clCreateProgramWithBinary)                                                                                       \
    X(clBuildProgram)                                                                                                  \
    X(clGetProgramInfo)                                                                                                \
    X(clGetProgramBuildInfo)                                                                                           \
    X(clReleaseProgram)                                                                                                \
    X(clCreateKernel)                                                                                                  \
    X(clReleaseKernel)                                                                                                 \
    X(clSetKernelArg)                                                                                                  \
    X(clEnqueueNDRangeKernel)                                                                                          \
    X(clEnqueueReadBuffer)                                                                                             \
    X(clEnqueueWriteBuffer)                                                                                            \
    X(clEnqueueFillBuffer)                                                                                             \
    X(clFinish)

struct opencl_api {
#define OPENCL_MEMBER(name) __typeof__(name) *name;
    OPENCL_FUNCTIONS(OPENCL_MEMBER)
#undef OPENCL_MEMBER
};

/* \return the table, or NULL where there is no loader (libOpenCL.so.1) or it lacks a function; then *problem, which may
 * be NULL, is what is wrong and what helps. Loaded once; safe to call from any thread. */
const struct opencl_api *opencl_api(const char **problem);

/* Puts another table in place of the loaded one, or (NULL) the loaded one back: how tests make a device fail. Not while
 * something runs. */
void opencl_api_replace(const struct opencl_api *api);

/* "CL_OUT_OF_RESOURCES", or "error -9999". */
const char *opencl_error(cl_int error, char text[32]);

#endif
