// What a person can press or fill in, as plain data: buttons and forms, the same for every platform.

import type { OptionValue } from './event.ts'

/** A button on a message, as plain data. Comes back as an `ActionEvent` with the same token (≤ 64 bytes; its meaning is in the store). */
export type Control =
  | { readonly kind: 'suggestion' | 'choice' | 'openForm'; readonly token: string; readonly label: string }
  | { readonly kind: 'stop' | 'again'; readonly token: string; readonly label: string }
  | { readonly kind: 'thumbs'; readonly upToken: string; readonly downToken: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  /** No button: the person's next words are the answer, and their input opens for them where a platform can do that (Telegram's ForceReply); nothing elsewhere. Only ever alone, on a message just posted. */
  | { readonly kind: 'reply'; readonly placeholder?: string }

/** Typed fields asked of a person. Sent back as an `ActionEvent` with `token` and `values`. */
export interface Form {
  readonly token: string
  readonly title: string
  readonly fields: readonly FormField[]
  readonly submitLabel: string
}
export interface FormField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'long' | 'integer' | 'number' | 'boolean' | 'choice' | 'choices' | 'file'
  readonly required: boolean
  /** `aliases`: what a choice is called in other languages. Understood where somebody types it, never shown. */
  readonly choices?: readonly {
    readonly value: string
    readonly label: string
    readonly aliases?: readonly string[]
  }[]
  readonly default?: OptionValue
  readonly min?: number
  readonly max?: number
  /** A JavaScript regular expression the whole text must match. */
  readonly pattern?: string
}
