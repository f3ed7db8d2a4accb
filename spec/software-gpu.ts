/**
 * A GPU made of software, for machines without one: the Vulkan driver and its loader that come with Chromium.
 *
 * A process has to be told of them before it starts, since that is when its linker reads LD_LIBRARY_PATH. So
 * vitest.config.ts says it here, and the workers that it starts inherit it. Where the environment names a driver already, or a
 * Vulkan loader is installed, nothing is changed: specs then run on the GPU that is there.
 */
import { accessSync, existsSync } from "node:fs";
import { join } from "node:path";

const folders = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
const loaders = ["x86_64", "aarch64"].map((of) => `/usr/lib/${of}-linux-gnu/libvulkan.so.1`);

/** What a process needs in its environment to find Chromium's driver: nothing, where none is needed or there. */
export function softwareGpu(): Record<string, string> {
  const { VK_ICD_FILENAMES, LD_LIBRARY_PATH } = process.env;
  if (VK_ICD_FILENAMES || loaders.some(existsSync)) return {};
  const folder = folders.find((path) =>
    ["libvulkan.so.1", "vk_swiftshader_icd.json"].every((name) => readable(join(path, name))),
  );
  if (!folder) return {};
  return {
    VK_ICD_FILENAMES: join(folder, "vk_swiftshader_icd.json"),
    LD_LIBRARY_PATH: LD_LIBRARY_PATH ? `${folder}:${LD_LIBRARY_PATH}` : folder,
  };
}

function readable(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
