// Which files go with the message that is being written, and have they arrived?

import { h } from 'preact'
import { sizeLabel } from './blocks.ts'
import { upload } from './store.ts'
import { b, icon, small, span, symbol } from './tags.ts'
import { say } from './words.ts'

interface Waiting {
  readonly file: File
  fileId?: string
  fault?: string
}

export class Attached {
  #all: Waiting[] = []
  readonly #again: () => void

  constructor(again: () => void) {
    this.#again = again
  }

  /** Those that have arrived. */
  get ids(): readonly string[] {
    return this.#all.flatMap(({ fileId = [] }) => fileId)
  }
  get isBusy(): boolean {
    return this.#all.some(({ fileId, fault }) => !fileId && !fault)
  }
  /** Whether there were any. */
  add(files: FileList | null | undefined): boolean {
    for (const file of files ?? []) void this.#bring(file)
    return Boolean(files?.length)
  }
  clear(): void {
    this.#all = []
    this.#again()
  }
  list() {
    if (this.#all.length === 0) return null
    return h(
      'ul',
      { class: 'attached' },
      this.#all.map((one) => this.#shown(one)),
    )
  }

  async #bring(file: File): Promise<void> {
    const one: Waiting = { file }
    this.#all.push(one)
    this.#again()
    try {
      one.fileId = (await upload(file)).fileId
    } catch (error) {
      one.fault = error instanceof Error ? error.message : say('failed')
    }
    this.#again()
  }
  #shown(one: Waiting) {
    const { file, fileId, fault } = one
    const drop = () => {
      this.#all = this.#all.filter((other) => other !== one)
      this.#again()
    }
    return h(
      'li',
      { class: fault && 'fault' },
      icon('file'),
      span('', b('', file.name), small('', fault ?? (fileId ? sizeLabel(file.size) : say('uploading')))),
      symbol('close', `${say('remove')}: ${file.name}`, drop),
    )
  }
}
