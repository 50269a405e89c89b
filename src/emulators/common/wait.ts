// When does a condition over the emulator hold? Looked at after every change; a failure shows the screen.

/** Rejects with `complaint()` after `timeoutMs`, or with what `holds` threw. */
export async function waitUntil(
  store: { onChange(listener: () => void): () => void },
  holds: () => boolean,
  timeoutMs: number,
  complaint: () => string,
): Promise<void> {
  if (holds()) return
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      off()
    }
    const timer = setTimeout(() => {
      stop()
      reject(new Error(complaint()))
    }, timeoutMs)
    const off = store.onChange(() => {
      try {
        if (!holds()) return
        stop()
        resolve()
      } catch (error) {
        stop()
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })
}
