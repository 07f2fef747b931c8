/* Stands in for this folder where the build had no OpenCL headers (host/CMakeLists.txt). */
#include "host/engine/devices.h"
#include "host/engine/engine.h"

bool opencl_find_devices(mm_devices *devices) {
    devices_problem(devices, "this program was built without OpenCL; build it again with the OpenCL headers (Debian, "
                             "Ubuntu: opencl-headers)");
    return true;
}
