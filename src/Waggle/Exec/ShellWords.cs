using System.Text;

namespace Waggle.Exec;

/// <summary>A word of a shell's command, or a separator of commands.</summary>
/// <param name="IsLiteral">Whether the shell passes the word on unchanged, without a variable, pattern or substitution.</param>
/// <param name="IsFunction">Whether the word defines a function: <c>name() …</c>.</param>
internal readonly record struct ShellWord(string Text, bool IsSeparator, bool IsLiteral, bool IsFunction);

/// <summary>Splits a command as a shell does, as far as is needed to find its programs. Here-documents and comments are not supported.</summary>
internal static class ShellWords
{
    private const string Separators = ";|&()\n`";
    private const string Special = "$*?[]~<>";

    public static IEnumerable<ShellWord> Read(string command)
    {
        var text = new StringBuilder();
        var (literal, any, quote) = (true, false, '\0');
        for (var i = 0; i <= command.Length; i++)
        {
            var c = i < command.Length ? command[i] : '\n';
            if (quote != '\0' && i < command.Length)
            {
                if (c == quote) quote = '\0';
                else if (quote == '"' && c == '\\' && i + 1 < command.Length) text.Append(command[++i]);
                else
                {
                    text.Append(c);
                    literal &= quote == '\'' || c is not ('$' or '`');
                }

                continue;
            }

            var separates = Separators.Contains(c, StringComparison.Ordinal);
            if (separates || char.IsWhiteSpace(c))
            {
                if (any)
                {
                    yield return new ShellWord(
                        text.ToString(), IsSeparator: false, literal, IsFunction: c == '(' && i + 1 < command.Length && command[i + 1] == ')');
                }

                if (separates) yield return new ShellWord(c.ToString(), IsSeparator: true, IsLiteral: true, IsFunction: false);
                text.Clear();
                (literal, any) = (true, false);
                continue;
            }

            any = true;
            if (c is '"' or '\'') quote = c;
            else if (c == '\\' && i + 1 < command.Length) text.Append(command[++i]);
            else
            {
                text.Append(c);
                literal &= !Special.Contains(c, StringComparison.Ordinal);
            }
        }
    }
}
