// Which components are in a message, and what do they say?
import { isJson, listOf, type Json, type Message } from './types.ts'

/** https://docs.discord.com/developers/components/reference#component-object-component-types */
export const KIND = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  channelSelect: 8,
  section: 9,
  textDisplay: 10,
  thumbnail: 11,
  mediaGallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const

/** Every component, nested ones and accessories too, in reading order. */
export function everyComponent(components: readonly unknown[]): readonly Json[] {
  return components
    .filter(isJson)
    .flatMap((component) => [
      component,
      ...everyComponent(listOf(component['components'])),
      ...everyComponent([component['accessory'], component['component']]),
    ])
}

/** The words of its TextDisplays. */
export function componentTexts(components: readonly Json[]): readonly string[] {
  return everyComponent(components).flatMap(({ type, content }) =>
    type === KIND.textDisplay && typeof content === 'string' ? [content] : [],
  )
}

/** Whether a message shows something that can be pressed under this id. */
export function offers(message: Pick<Message, 'components'> | undefined, customId: string): boolean {
  return everyComponent(message?.components ?? []).some(
    (component) => component['custom_id'] === customId && component['disabled'] !== true,
  )
}
