// Is a message that begins like a command one of ours, and which files are its options?
import type { Attachment, CommandEvent, OptionValue, QuotedRef } from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { WordsOf } from './words-of.ts'

export interface CommandFacts {
  readonly words: WordsOf
  readonly direct: boolean
  readonly repliesToBot: boolean
  readonly attachments: readonly Attachment[]
  readonly quoted: QuotedRef | undefined
}

/** `ignore`: another bot's. `text`: it only looks like one. What stands behind the name is left as it was typed. */
export function judgeCommand(
  command: NonNullable<WordsOf['command']>,
  facts: CommandFacts,
  commands: readonly CommandSpec[],
): 'ignore' | 'text' | Pick<CommandEvent, 'kind' | 'name' | 'options' | 'rest'> {
  if (command.target === 'other') return 'ignore'
  const here = facts.direct ? 'direct' : 'group'
  const spec = commands.find(
    ({ name, where }) => name === command.name && (where === undefined || where.includes(here)),
  )
  if (spec === undefined) {
    if (command.wide) return 'text'
    const addressed = facts.direct || facts.words.mentionsBot || facts.repliesToBot
    if (!addressed) return 'ignore'
    // A photo whose caption begins with a slash is a photo.
    if (facts.attachments.length > 0) return 'text'
  }
  return { kind: 'command', name: command.name, options: filesFor(spec, facts), rest: command.rest }
}

/** Its own files in order; what is required and still missing may be in the message it replies to. */
function filesFor(spec: CommandSpec | undefined, facts: CommandFacts): Readonly<Record<string, OptionValue>> {
  const own = [...facts.attachments]
  const quoted = [...(facts.quoted?.attachments ?? [])]
  const options: Record<string, OptionValue> = {}
  for (const { name, type, required } of spec?.options ?? []) {
    if (type !== 'file') continue
    const file = own.shift() ?? (required ? quoted.shift() : undefined)
    if (file !== undefined) options[name] = file
  }
  return options
}
