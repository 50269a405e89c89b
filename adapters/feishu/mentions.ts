// Who is mentioned in a message? The list beside its text, and the text with its placeholders read.
import { fieldsOf, isFields, readList, readString } from '../common/read.ts'

/** The bot itself, from bot/v3/info. */
export interface Self {
  readonly openId: string
  readonly name?: string
}

export interface Mention {
  /** `@_user_1`, as it stands in the text. */
  readonly key: string
  readonly openId?: string
  readonly name?: string
}

/** In events `id` is an object, over REST a string. */
export function readMentions(list: unknown): readonly Mention[] {
  return readList(list).flatMap((entry) => {
    const key = readString(fieldsOf(entry)['key'])
    if (key === undefined) return []
    const { id, name: given } = fieldsOf(entry)
    const openId = isFields(id) ? readString(id['open_id']) : readString(id)
    const name = readString(given)
    return [{ key, ...(openId === undefined ? {} : { openId }), ...(name === undefined ? {} : { name }) }]
  })
}

/** By our own open_id alone: names, and ids that are missing, fit guests and other bots too. */
export function mentionsSelf(mentions: readonly Mention[], me: Self | undefined): boolean {
  return me !== undefined && mentions.some(({ openId }) => openId === me.openId)
}

/** Our own mention cut out, others as @name; blanks left over by a cut close up. `@_all` is everybody, and not us. */
export function readPlaceholders(text: string, mentions: readonly Mention[], me: Self | undefined): string {
  const byKey = new Map(mentions.map((mention) => [mention.key, mention]))
  let out = ''
  let at = 0
  for (const { 0: key, index } of text.matchAll(/@_user_\d+|@_all(?![\p{L}\p{N}_])/gu)) {
    out += text.slice(at, index)
    at = index + key.length
    const mention = byKey.get(key)
    if (mention !== undefined && me !== undefined && mention.openId === me.openId) {
      if (out === '' || /\s$/.test(out)) while (text.charAt(at) === ' ') at += 1
    } else {
      out += key === '@_all' ? '@all' : mention?.name === undefined ? key : `@${mention.name}`
    }
  }
  return (out + text.slice(at)).trim()
}
