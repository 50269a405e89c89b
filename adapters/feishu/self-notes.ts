// Who are we, when nobody answers that question just now? What an earlier start was told: a bot's open_id stays the same.
import type { Logger, Memory } from '../../src/contract/runtime.ts'
import type { Self } from './mentions.ts'
import { fieldsOf, readString } from '../common/read.ts'

export interface SelfNotes {
  /** Undefined where it was never told, or the store is away. */
  read(): Promise<Self | undefined>
  /** Never rejects: the next start asks again. */
  write(me: Self): Promise<void>
}

export function createSelfNotes(appId: string, memory: Memory, log: Logger): SelfNotes {
  const key = `self ${appId}`
  return {
    async read() {
      const noted = fieldsOf(await memory.get(key).catch(() => undefined))
      const openId = readString(noted['openId'])
      const name = readString(noted['name'])
      return openId === undefined ? undefined : { openId, ...(name === undefined ? {} : { name }) }
    },
    async write({ openId, name }) {
      await memory
        .set(key, { openId, ...(name === undefined ? {} : { name }) })
        .catch((error: unknown) => log.warn({}, 'who we are could not be noted', error))
    },
  }
}
