// What one way into the bridge looks like to the fuzzer: where its inputs start from, and how they are fed to it.

export interface FuzzPath {
  /** 'telegram-update', 'discord-packet', 'coze-sse', …: names the corpus folder and stands in the report. */
  readonly name: string
  /** Valid inputs the mutations start from, as bytes; read from corpus files beside where there are any. */
  seeds(): readonly Uint8Array[]
  /**
   * Made once per run. `feed` resolves when the input has been dealt with; it must never reject and never take longer
   * than `limitMs`.
   */
  open(): Promise<{
    feed(input: Uint8Array): Promise<void>
    /** Still alive: a good input is dealt with properly. Throws if not. */
    probe(): Promise<void>
    close(): Promise<void>
  }>
  /** Longer than this for one input counts as a hang. 2,000 unless told. */
  readonly limitMs?: number
}
