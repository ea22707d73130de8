import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The texts that sources give to a function, as translations find them: tag`port ${port}` and tag('one ' + 'text').
 *
 * @param files patterns from the checkout on
 */
export function textsGivenTo(tag: string, files: readonly string[]): string[] {
  const texts = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === tag) texts.add(codeOf(node.template));
    if (ts.isCallExpression(node) && node.expression.getText() === tag) {
      const text = node.arguments[0] && wholeText(node.arguments[0]);
      if (text !== undefined) texts.add(text);
    }
    ts.forEachChild(node, look);
  };
  for (const file of globSync([...files], { cwd: root })) {
    look(ts.createSourceFile(file, readFileSync(`${root}/${file}`, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return [...texts];
}

function codeOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return template.templateSpans.reduce(
    (text, { literal }, index) => `${text}{${index}}${literal.text}`,
    template.head.text,
  );
}

/** `undefined` where it is not written there. */
function wholeText(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [wholeText(node.left), wholeText(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
