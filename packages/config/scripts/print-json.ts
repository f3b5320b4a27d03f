const width = 120;

/** The position of a value: its indentation, and the length of the text before it on its line. */
interface Margin {
  readonly indent: string;
  readonly before: number;
}

/** Prints JSON in the format of oxfmt: a list is on one line if it fits. */
export function printJson(value: unknown, { indent, before }: Margin = { indent: '', before: 0 }): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => printJson(item)).join(', ')}]`;
    if (!line.includes('\n') && indent.length + before + line.length < width) return line;
    const items = value.map((item) => `${deeper}${printJson(item, { indent: deeper, before: 0 })}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${deeper}${name}${printJson(field, { indent: deeper, before: name.length })}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}
