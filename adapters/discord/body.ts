// What is a message in Discord's own form, and how does it travel?
// https://discord.com/developers/docs/resources/message#create-message
import type { Control } from '../../src/contract/platform.ts'
import { rowsOf } from './keyboard.ts'

export type DiscordBody =
  /** Discord's Markdown. */
  | { readonly kind: 'text'; readonly content: string }
  /** Components V2: text displays with a separator between two of them; the first or last may be empty. */
  | { readonly kind: 'components'; readonly displays: readonly string[] }

/** No link grows a preview. On each call: reports differ on whether an edit without flags keeps them. */
const SUPPRESS_EMBEDS = 1 << 2
/** A file that is played where it stands. */
export const IS_VOICE_MESSAGE = 1 << 13
const IS_COMPONENTS_V2 = 1 << 15
const TEXT_DISPLAY = 10
const SEPARATOR = 14

/**
 * Nobody is pinged. On each call: an edit without it falls back to pinging. What an answer says of `<@id>`, `<@&role>`,
 * `<#channel>` or `</command:id>` is escaped besides (escape.ts) and shows as it was written; `@everyone` and `@here` are
 * plain words with this, and stay as they are.
 */
export const ALLOWED_MENTIONS = { parse: [], replied_user: false } as const

/** The fields that a post and an edit have in common; buttons every time, as an empty list removes them. */
export function payloadOf(
  body: DiscordBody,
  controls: readonly Control[],
): Readonly<Record<string, unknown>> {
  const rows = rowsOf(controls)
  switch (body.kind) {
    case 'text':
      return {
        content: body.content,
        allowed_mentions: ALLOWED_MENTIONS,
        flags: SUPPRESS_EMBEDS,
        components: rows,
      }
    case 'components':
      return {
        allowed_mentions: ALLOWED_MENTIONS,
        flags: IS_COMPONENTS_V2,
        components: [...componentsOf(body.displays), ...rows],
      }
  }
}

/**
 * As `payloadOf`, for a message that stands. An empty body leaves the words alone and changes the buttons: a message of
 * files has none of its own, and components would hide its files.
 */
export function editOf(body: DiscordBody, controls: readonly Control[]): Readonly<Record<string, unknown>> {
  const isEmpty = body.kind === 'text' ? body.content === '' : body.displays.every((text) => text === '')
  if (!isEmpty) return payloadOf(body, controls)
  return { allowed_mentions: ALLOWED_MENTIONS, components: rowsOf(controls) }
}

function componentsOf(displays: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return displays.flatMap((content, n) => [
    ...(n === 0 ? [] : [{ type: SEPARATOR }]),
    ...(content === '' ? [] : [{ type: TEXT_DISPLAY, content }]),
  ])
}
