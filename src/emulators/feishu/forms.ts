// What happens when a person fills in a form and sends it? What the client lets through goes out as a press.
import { cardJsonOf } from './frames.ts'
import type { ClickAnswer } from './click.ts'
import { pressButton } from './clicks.ts'
import { formOfCard, type ShownField } from './form-tree.ts'
import type { MessageState, Person } from './types.ts'
import type { World } from './world.ts'

/** What is typed or chosen, by the name of the field. Choices by value or label. */
export interface FormInput {
  readonly [field: string]: string | readonly string[]
}

/**
 * Fields left out keep what stands in them. A required one that is empty is told to the person, and nothing is sent.
 * Rejects for what nobody can do: fill a field that is not there, choose what is not offered, type too much.
 */
export async function sendForm(
  world: World,
  person: Person,
  message: MessageState,
  input: FormInput,
): Promise<ClickAnswer> {
  const form = formOfCard(cardJsonOf(world, message) ?? {})
  if (form === undefined || message.recalled) throw new Error(`message ${message.id} shows no form`)
  const unknown = Object.keys(input).find((name) => form.fields.every((field) => field.name !== name))
  if (unknown !== undefined) throw new Error(`the form of ${message.id} has no field ${unknown}`)
  const values: Record<string, string | readonly string[]> = {}
  for (const field of form.fields) {
    const value = valueOf(field, input[field.name] ?? field.value)
    if (value.length > 0) values[field.name] = value
    else if (field.required) return { ok: false, code: 0, because: `the client asks for ${field.name} first` }
    // As the client does: a text nobody typed is sent as no words, a choice nobody made is not sent.
    else if (field.options.length === 0) values[field.name] = ''
  }
  return pressButton(world, person, message, form.submit.name ?? form.submit.label, values)
}

function valueOf(field: ShownField, given: string | readonly string[]): string | readonly string[] {
  switch (field.kind) {
    case 'choice':
      return given.length === 0 ? '' : choiceOf(field, String(given))
    case 'choices':
      return (typeof given === 'string' ? [given] : given).map((one) => choiceOf(field, one))
    case 'text':
    case 'long':
    case 'other': {
      const text = String(given)
      if (field.maxChars !== undefined && text.length > field.maxChars)
        throw new Error(`${field.name} takes ${field.maxChars} characters`)
      return text
    }
  }
}

function choiceOf({ name, options }: ShownField, given: string): string {
  const option = options.find(({ value }) => value === given) ?? options.find(({ label }) => label === given)
  if (option === undefined) throw new Error(`${name} does not offer ${given}`)
  return option.value
}
