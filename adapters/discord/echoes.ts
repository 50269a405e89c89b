// Which of our posts did Discord tell us about? By nonce, for a post whose answer never came.
import { fieldsOf, readString } from '../common/read.ts'

/** What the gateway tells of our own messages; shared by the outboxes of one account. */
export interface Echoes {
  /** A message of our own as the gateway dispatches it. */
  saw(message: unknown): void
  /** The id of the message posted under a nonce, in that channel. */
  find(channelId: string, nonce: string): string | undefined
}

/** A post is looked for within minutes; this is many minutes of a busy bot. */
const MAX_KEPT = 5_000

export function createEchoes(): Echoes {
  const ids = new Map<string, string>()
  return {
    saw(message) {
      const nonce = nonceOf(message)
      const given = fieldsOf(message)
      const id = readString(given['id'])
      const channelId = readString(given['channel_id'])
      if (nonce === undefined || id === undefined || channelId === undefined) return
      ids.set(`${channelId} ${nonce}`, id)
      const oldest = ids.size > MAX_KEPT ? ids.keys().next().value : undefined
      if (oldest !== undefined) ids.delete(oldest)
    },
    find: (channelId, nonce) => ids.get(`${channelId} ${nonce}`),
  }
}

/** A string, or a number where a server reads it so. */
export function nonceOf(message: unknown): string | undefined {
  const { nonce } = fieldsOf(message)
  return typeof nonce === 'number' ? String(nonce) : readString(nonce)
}
