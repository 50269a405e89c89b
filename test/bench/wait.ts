// Until something is so, or a bench has waited too long.

const WITHIN_MS = 240_000

export async function waitUntil(condition: () => boolean, everyMs = 5, why?: () => string): Promise<void> {
  const endMs = performance.now() + WITHIN_MS
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited too long ${why?.() ?? ''}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
