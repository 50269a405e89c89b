// How does the chaos wait? For a time, or for something on the screens, with a deadline.

const LOOK_EVERY_MS = 40

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** False when it did not come true in time. */
export async function waitFor(holds: () => boolean, withinMs = 30_000): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > deadlineMs) return false
    await pause(LOOK_EVERY_MS)
  }
  return true
}
