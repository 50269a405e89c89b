// What people send, without the bridge's own secrets in it: what never was in the journal cannot be read there.

import { cleanName } from './clean.ts'
import type { Attachment, ChatEvent, OptionValue, QuotedRef, Sender } from './contract/event.ts'
import type { Platform } from './contract/platform.ts'
import type { Scrub } from './scrub.ts'

/**
 * Texts and names lose secrets, and names whatever would turn or hide the sentence of ours they stand in. Ids, references
 * and reply targets stay: only their adapter reads them.
 */
export function scrubEvent(event: ChatEvent, scrub: Scrub): ChatEvent {
  switch (event.kind) {
    case 'message': {
      const { sender, text, quoted, attachments } = event
      return {
        ...event,
        sender: scrubSender(sender, scrub),
        text: scrub(text),
        attachments: attachments.map((attachment) => scrubAttachment(attachment, scrub)),
        ...(quoted === undefined ? {} : { quoted: scrubQuoted(quoted, scrub) }),
      }
    }
    case 'command': {
      const { sender, options, rest } = event
      return {
        ...event,
        sender: scrubSender(sender, scrub),
        options: scrubOptions(options, scrub),
        rest: scrub(rest),
      }
    }
    case 'action': {
      const { sender, values } = event
      return {
        ...event,
        sender: scrubSender(sender, scrub),
        ...(values === undefined ? {} : { values: scrubOptions(values, scrub) }),
      }
    }
    case 'moved':
    case 'joined':
    case 'retracted':
    case 'gone':
      return event
  }
}

/** The same platform, with everything that comes in by it scrubbed: events, and what they are completed with. */
export function scrubbedPlatform<Body>(platform: Platform<Body>, scrub: Scrub): Platform<Body> {
  const { complete } = platform
  return {
    ...platform,
    start: (inbox, world) =>
      platform.start((event, signal) => inbox(scrubEvent(event, scrub), signal), world),
    health() {
      const health = platform.health()
      return 'because' in health ? { ...health, because: scrub(health.because) } : health
    },
    ...(complete && {
      complete: async (event: ChatEvent, signal: AbortSignal) =>
        scrubEvent(await complete(event, signal), scrub),
    }),
  }
}

function scrubSender(sender: Sender, scrub: Scrub): Sender {
  return sender.name === undefined ? sender : { ...sender, name: cleanName(scrub(sender.name)) }
}

function scrubAttachment(attachment: Attachment, scrub: Scrub): Attachment {
  return attachment.name === undefined
    ? attachment
    : { ...attachment, name: cleanName(scrub(attachment.name)) }
}

function scrubQuoted(quoted: QuotedRef, scrub: Scrub): QuotedRef {
  const { senderName, text, attachments } = quoted
  return {
    ...quoted,
    ...(senderName === undefined ? {} : { senderName: cleanName(scrub(senderName)) }),
    ...(text === undefined ? {} : { text: scrub(text) }),
    ...(attachments === undefined
      ? {}
      : { attachments: attachments.map((attachment) => scrubAttachment(attachment, scrub)) }),
  }
}

function scrubOptions(
  options: Readonly<Record<string, OptionValue>>,
  scrub: Scrub,
): Readonly<Record<string, OptionValue>> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, scrubOption(value, scrub)]))
}

function scrubOption(value: OptionValue, scrub: Scrub): OptionValue {
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return isList(value) ? value.map(scrub) : scrubAttachment(value, scrub)
}

function isList(value: readonly string[] | Attachment): value is readonly string[] {
  return Array.isArray(value)
}
