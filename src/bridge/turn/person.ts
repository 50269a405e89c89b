// What of the person and the place goes into an agent's parameters? `{person.name}` and its like, in texts of any depth. Pure.

import type { Json, JsonObject } from '../../contract/event.ts'
import type { Asked } from '../route.ts'

/** Unknown gaps stay as they are written. */
export function withPerson<Value extends Json>(
  value: Value,
  asked: Asked,
  { userId, locale }: { readonly userId: string; readonly locale: string },
): Value {
  const facts: Readonly<Record<string, string>> = {
    'person.name': asked.sender.name ?? '',
    // The pseudonym the assistant knows anyway: no platform's id leaves the house.
    'person.id': userId,
    'person.locale': locale,
    'chat.id': asked.address.chatId,
    'chat.kind': asked.chatKind,
    platform: asked.address.account,
  }
  return filled(value, facts)
}

function filled<Value extends Json>(value: Value, facts: Readonly<Record<string, string>>): Value
function filled(value: Json, facts: Readonly<Record<string, string>>): Json {
  if (typeof value === 'string')
    return value.replaceAll(/\{([a-z.]+)\}/g, (gap, name: string) => facts[name] ?? gap)
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, facts))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, facts)]))
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
