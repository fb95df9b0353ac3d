/** A run of text of a log line with the colours that its escape sequences chose. */
export interface Span {
  text: string;
  classes: string;
}

const Names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** Splits a line by its SGR sequences; every other control sequence is dropped. The result is text only, never markup. */
export function ansi(line: string): Span[] {
  const spans: Span[] = [];
  let bold = false;
  let colour = '';
  let at = 0;
  const take = (text: string) => {
    const clean = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
    if (clean) spans.push({ text: clean, classes: `${bold ? 'ansi-bold ' : ''}${colour}`.trim() });
  };
  // eslint-disable-next-line no-control-regex
  for (const match of line.matchAll(/\u001b(?:\[([0-9;]*)m|\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-_])/g)) {
    take(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] === undefined) continue;
    for (const code of (match[1] || '0').split(';').map(Number)) {
      if (code === 0) [bold, colour] = [false, ''];
      else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code === 39) colour = '';
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) colour = `ansi-${Names[code % 10]}`;
    }
  }
  take(line.slice(at));
  return spans;
}
