// What is told to a page that asks for something that cannot be done?

/** A sentence for the person in front of the page. */
export class Wrong extends Error {}
