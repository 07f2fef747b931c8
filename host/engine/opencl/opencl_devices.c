/* What OpenCL shows on this machine, and what is wrong with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/engine/devices.h"
#include "host/engine/opencl/opencl_api.h"

#define MAX_PLATFORMS 16
#define MAX_DEVICES 64 /* of one platform */
#define LEAST_MEMORY (UINT64_C(64) << 20)

/* PCI addresses by three vendors' extensions; the header may be older than they are. */
#define PCI_BUS_INFO_KHR 0x410F
#define PCI_BUS_NV 0x4008
#define PCI_SLOT_NV 0x4009
#define PCI_DOMAIN_NV 0x400A
#define TOPOLOGY_AMD 0x4037

static void platform_text(const struct opencl_api *cl, cl_platform_id platform, cl_platform_info what, char *text,
                          size_t size) {
    if (cl->clGetPlatformInfo(platform, what, size, text, NULL) != CL_SUCCESS)
        text[0] = '\0';
    text[size - 1] = '\0';
}

/* Longer texts than the place for them are cut. */
static void device_text(const struct opencl_api *cl, cl_device_id id, cl_device_info what, char *text, size_t size) {
    char whole[1024] = "";
    if (cl->clGetDeviceInfo(id, what, sizeof whole, whole, NULL) != CL_SUCCESS)
        whole[0] = '\0';
    whole[sizeof whole - 1] = '\0';
    const char *start = whole + strspn(whole, " ");
    size_t length = strlen(start);
    while (length > 0 && start[length - 1] == ' ')
        length--;
    snprintf(text, size, "%.*s", (int)(length < size ? length : size - 1), start);
}

static cl_uint device_uint(const struct opencl_api *cl, cl_device_id id, cl_device_info what) {
    cl_uint value = 0;
    return cl->clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static cl_ulong device_ulong(const struct opencl_api *cl, cl_device_id id, cl_device_info what) {
    cl_ulong value = 0;
    return cl->clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static void find_bus(const struct opencl_api *cl, struct device_entry *entry) {
    cl_uint pci[4], bus, slot;
    struct {
        cl_uint type;
        cl_uchar unused[17], bus, device, function;
    } amd;
    if (cl->clGetDeviceInfo(entry->id, PCI_BUS_INFO_KHR, sizeof pci, pci, NULL) == CL_SUCCESS) {
        snprintf(entry->bus, sizeof entry->bus, "%04x:%02x:%02x.%x", pci[0] & 0xffffu, pci[1] & 0xffu, pci[2] & 0xffu,
                 pci[3] & 0xfu);
    } else if (cl->clGetDeviceInfo(entry->id, PCI_BUS_NV, sizeof bus, &bus, NULL) == CL_SUCCESS &&
               cl->clGetDeviceInfo(entry->id, PCI_SLOT_NV, sizeof slot, &slot, NULL) == CL_SUCCESS) {
        snprintf(entry->bus, sizeof entry->bus, "%04x:%02x:%02x.%x",
                 device_uint(cl, entry->id, PCI_DOMAIN_NV) & 0xffffu, bus & 0xffu, slot >> 3 & 0x1fu, slot & 7u);
    } else if (cl->clGetDeviceInfo(entry->id, TOPOLOGY_AMD, sizeof amd, &amd, NULL) == CL_SUCCESS && amd.type == 1) {
        snprintf(entry->bus, sizeof entry->bus, "0000:%02x:%02x.%x", amd.bus, amd.device, amd.function & 7u);
    }
}

/* CPUs take a whole lane group in one work-item, as wide as their vectors; GPUs one path. */
static int lanes_for(const struct opencl_api *cl, cl_device_id id, mm_device_type type) {
    cl_uint width = device_uint(cl, id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
    if (type == MM_DEVICE_GPU || (type != MM_DEVICE_CPU && width < 4))
        return 1;
    return width >= 16 ? 16 : width >= 8 ? 8 : 4;
}

static void read_numbers(const struct opencl_api *cl, struct device_entry *entry) {
    mm_device *info = &entry->info;
    cl_device_type type = device_ulong(cl, entry->id, CL_DEVICE_TYPE);
    info->type = type & CL_DEVICE_TYPE_GPU           ? MM_DEVICE_GPU
                 : type & CL_DEVICE_TYPE_CPU         ? MM_DEVICE_CPU
                 : type & CL_DEVICE_TYPE_ACCELERATOR ? MM_DEVICE_ACCELERATOR
                                                     : MM_DEVICE_OTHER;
    info->units = device_uint(cl, entry->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    info->megahertz = device_uint(cl, entry->id, CL_DEVICE_MAX_CLOCK_FREQUENCY);
    info->memory = device_ulong(cl, entry->id, CL_DEVICE_GLOBAL_MEM_SIZE);
    info->largest = device_ulong(cl, entry->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    info->local = device_ulong(cl, entry->id, CL_DEVICE_LOCAL_MEM_SIZE);
    info->lanes = lanes_for(cl, entry->id, info->type);
    cl_device_fp_config single = device_ulong(cl, entry->id, CL_DEVICE_SINGLE_FP_CONFIG);
    info->rounds = (single & CL_FP_ROUND_TO_NEAREST) != 0;
    info->denormals = (single & CL_FP_DENORM) != 0;
    info->fma = (single & CL_FP_FMA) != 0;
    info->exact_divide = (single & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
}

static bool old_version(const char *version) {
    static const char start[] = "OpenCL ";
    if (strncmp(version, start, sizeof start - 1) != 0)
        return true;
    char *end = NULL;
    const long major = strtol(version + sizeof start - 1, &end, 10),
               minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return major < 1 || (major == 1 && minor < 2);
}

/* Why the device can't be used; an empty text where it can. */
static void judge(const struct opencl_api *cl, struct device_entry *entry) {
    const mm_device *info = &entry->info;
    char profile[64], *to = entry->problem;
    const size_t size = sizeof entry->problem;
    device_text(cl, entry->id, CL_DEVICE_PROFILE, profile, sizeof profile);
    if (!device_uint(cl, entry->id, CL_DEVICE_AVAILABLE))
        snprintf(to, size, "the driver says that it is not available; another program may hold it alone");
    else if (!device_uint(cl, entry->id, CL_DEVICE_COMPILER_AVAILABLE))
        snprintf(to, size, "its driver has no compiler; install the full driver package");
    else if (old_version(entry->version))
        snprintf(to, size, "its driver offers '%s', and OpenCL 1.2 is needed; install a newer driver", entry->version);
    else if (strcmp(profile, "FULL_PROFILE") != 0 || !info->rounds)
        snprintf(to, size, "its single precision does not round to nearest, so it can't give the same bits");
    else if (!info->denormals)
        snprintf(to, size, "it turns denormal numbers to zero, so it might not give the same bits");
    else if (!device_uint(cl, entry->id, CL_DEVICE_ENDIAN_LITTLE))
        snprintf(to, size, "it is big-endian, which the kernels are not written for");
    else if (info->memory < LEAST_MEMORY)
        snprintf(to, size, "it has %llu MiB of memory, and no run fits in less than %llu",
                 (unsigned long long)(info->memory >> 20), (unsigned long long)(LEAST_MEMORY >> 20));
    if (to[0])
        return;
    entry->info.usable = true;
    entry->info.automatic = info->type == MM_DEVICE_GPU;
    if (!info->fma)
        snprintf(to, size,
                 "it has no fma in hardware: the driver computes it in software, with the same bits but slowly");
}

static void describe(const struct opencl_api *cl, struct device_entry *entry, int index) {
    entry->info.index = index;
    device_text(cl, entry->id, CL_DEVICE_NAME, entry->name, sizeof entry->name);
    device_text(cl, entry->id, CL_DEVICE_VENDOR, entry->vendor, sizeof entry->vendor);
    device_text(cl, entry->id, CL_DRIVER_VERSION, entry->driver, sizeof entry->driver);
    device_text(cl, entry->id, CL_DEVICE_VERSION, entry->version, sizeof entry->version);
    platform_text(cl, entry->platform, CL_PLATFORM_NAME, entry->platform_name, sizeof entry->platform_name);
    find_bus(cl, entry);
    read_numbers(cl, entry);
    judge(cl, entry);
}

/* The texts' addresses are set when the list no longer moves. */
static void set_texts(struct device_entry *entry) {
    entry->info.name = entry->name;
    entry->info.vendor = entry->vendor;
    entry->info.platform = entry->platform_name;
    entry->info.driver = entry->driver;
    entry->info.version = entry->version;
    entry->info.bus = entry->bus;
    entry->info.problem = entry->problem;
}

/* PoCL shows no device at all when it can't make the folder of its compiler's cache. */
static void explain_empty(mm_devices *devices, const char *name, cl_int error) {
    char text[32];
    if (strstr(name, "Portable Computing Language"))
        devices_problem(devices,
                        "%s shows no device (%s): it may be unable to make its cache folder, which lies under "
                        "XDG_CACHE_HOME or HOME; set POCL_CACHE_DIR to a folder that can be written",
                        name, opencl_error(error, text));
    else
        devices_problem(devices,
                        "%s shows no device (%s): is its driver loaded, and may this user open the device's files "
                        "under /dev (groups render, video)?",
                        name, opencl_error(error, text));
}

static bool add_platform(mm_devices *devices, const struct opencl_api *cl, cl_platform_id platform) {
    cl_device_id ids[MAX_DEVICES];
    cl_uint n = 0;
    char name[96];
    platform_text(cl, platform, CL_PLATFORM_NAME, name, sizeof name);
    cl_int error = cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, MAX_DEVICES, ids, &n);
    if (error != CL_SUCCESS || n == 0) {
        explain_empty(devices, name, error);
        return true;
    }
    n = n < MAX_DEVICES ? n : MAX_DEVICES;
    struct device_entry *items = realloc(devices->items, (devices->n + n) * sizeof *items);
    if (!items)
        return false;
    devices->items = items;
    for (cl_uint i = 0; i < n; i++) {
        struct device_entry *entry = &items[devices->n];
        memset(entry, 0, sizeof *entry);
        entry->platform = platform;
        entry->id = ids[i];
        describe(cl, entry, (int)devices->n);
        devices->n++;
    }
    return true;
}

/* A driver may be there while OpenCL doesn't know of it. */
static void find_forgotten(mm_devices *devices) {
    if (access("/proc/driver/nvidia/version", F_OK) != 0)
        return;
    for (size_t i = 0; i < devices->n; i++)
        if (strcasestr(devices->items[i].platform_name, "nvidia"))
            return;
    devices_problem(devices,
                    "an NVIDIA driver is loaded, but OpenCL shows no device of it: no vendor file may name its "
                    "library; find libnvidia-opencl.so.1, write its path into a file nvidia.icd in "
                    "/etc/OpenCL/vendors, or in a folder that OCL_ICD_VENDORS names");
}

bool opencl_find_devices(mm_devices *devices) {
    const char *problem;
    const struct opencl_api *cl = opencl_api(&problem);
    if (!cl) {
        devices_problem(devices, "%s", problem);
        return true;
    }
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_uint n = 0;
    cl_int error = cl->clGetPlatformIDs(MAX_PLATFORMS, platforms, &n);
    if (error != CL_SUCCESS || n == 0) {
        const char *vendors = getenv("OCL_ICD_VENDORS");
        devices_problem(devices,
                        "the OpenCL loader finds no platform: a vendor file (*.icd) names each driver, and none that "
                        "works lies in %s%s; install the device's OpenCL driver (for the CPU: pocl-opencl-icd)",
                        vendors ? vendors : "/etc/OpenCL/vendors", vendors ? " (OCL_ICD_VENDORS)" : "");
        find_forgotten(devices);
        return true;
    }
    n = n < MAX_PLATFORMS ? n : MAX_PLATFORMS;
    for (cl_uint i = 0; i < n; i++)
        if (!add_platform(devices, cl, platforms[i]))
            return false;
    find_forgotten(devices);
    for (size_t i = 0; i < devices->n; i++)
        set_texts(&devices->items[i]);
    return true;
}
