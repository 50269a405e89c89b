// Which of the bot's posts on Telegram had an answer that the bridge may never have used?
//
// The emulator knows those whose answer surely did not arrive. Beside them stand those whose answer was handed over only a
// moment before a kill: read by a process that had no time to write it down. Only Telegram cannot tell such a post from
// none; there it may be made again.

import type { TelegramEmulator } from '../../src/emulators/telegram/index.ts'

export interface Posts {
  readonly ambiguous: number
  /** `chatId:messageId`, as places on Telegram name what is shown. */
  isAmbiguous(id: string): boolean
  /** Called just before the bridge is killed. */
  bridgeDies(): void
}

/** From the socket to the written journal, an fsync included, on a machine with more to do than it has cores for. */
const WRITTEN_WITHIN_MS = 150

export function createPosts({ store }: TelegramEmulator): Posts {
  const unwritten = new Set<string>()
  const all = (): ReadonlySet<string> => new Set([...unwritten, ...store.ambiguousPosts.flatMap(idsOf)])
  return {
    get ambiguous() {
      return all().size
    },
    isAmbiguous: (id) => all().has(id),
    bridgeDies() {
      const nowMs = Date.now()
      for (const post of store.posts)
        if (post.answeredAtMs !== undefined && nowMs - post.answeredAtMs < WRITTEN_WITHIN_MS)
          for (const id of idsOf(post)) unwritten.add(id)
    },
  }
}

function idsOf({ chatId, messageIds }: TelegramEmulator['store']['posts'][number]): readonly string[] {
  return messageIds.map((messageId) => `${chatId}:${messageId}`)
}
