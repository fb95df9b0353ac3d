using System.Collections.Frozen;
using static Waggle.Survey.Measuring.LexicalTraits;

namespace Waggle.Survey.Measuring;

/// <summary>The table of languages. docs/survey.md explains the effect of each row on the figures.</summary>
internal static class LexicalSyntaxes
{
    private const string ClassTypes = "class struct interface enum namespace union extern record trait object";
    private const string CControl = "if else for while do switch try catch finally";
    private const string CDecisions = "if for while case catch && || ?";

    private static readonly TextRule Double = new("\"", "\"");
    private static readonly TextRule Single = new("'", "'");
    private static readonly TextRule TripleDouble = new("\"\"\"", "\"\"\"", MultiLine: true);
    private static readonly TextRule TripleSingle = new("'''", "'''", MultiLine: true);
    private static readonly TextRule DoubleLines = new("\"", "\"", MultiLine: true);
    private static readonly TextRule SingleLines = new("'", "'", MultiLine: true);
    private static readonly TextRule SqlQuote = new("'", "'", '\0', MultiLine: true);

    private static readonly LexicalSyntax Slashes = new()
    {
        LineComments = ["//"],
        BlockComments = [new BlockComment("/*", "*/")],
        Texts = [Double],
        Traits = CharLiterals,
    };

    private static readonly LexicalSyntax CLike = Slashes with
    {
        Blocks = BlockStyle.Braces,
        Header = HeaderStyle.NameAndParameters,
        TypeWords = Set(ClassTypes),
        ControlWords = Set(CControl),
        Decisions = Set(CDecisions),
        Ternary = TernaryStyle.Anywhere,
    };

    private static readonly LexicalSyntax Script = CLike with
    {
        Texts = [Double, Single, new TextRule("`", "`", MultiLine: true, Interpolation: "${")],
        Traits = SlashRegex | NewLineEnds,
        Header = HeaderStyle.Script,
        FunctionWords = Set("function"),
        Decisions = Set("if for while case catch && || ? ?? &&= ||= ??="),
    };

    private static readonly LexicalSyntax Hashes = new() { LineComments = ["#"], Texts = [Double, Single] };

    private static readonly FrozenDictionary<string, LexicalSyntax> Table = new Dictionary<string, LexicalSyntax>
    {
        ["C"] = CLike with { Traits = CharLiterals | LexicalTraits.Preprocessor | FlatFunctions },
        ["C++"] = CLike with { Traits = CharLiterals | LexicalTraits.Preprocessor | FlatFunctions | CppRawStrings },
        ["Java"] = CLike with { Texts = [TripleDouble, Double] },
        ["Dart"] = CLike with
        {
            Texts =
            [
                TripleDouble with { Interpolation = "${" }, TripleSingle with { Interpolation = "${" },
                Double with { Interpolation = "${" }, Single with { Interpolation = "${" },
            ],
            Traits = None,
            Decisions = Set("if for while case catch && || ? ?? ??="),
            Ternary = TernaryStyle.Spaced,
        },
        ["JavaScript"] = Script,
        ["TypeScript"] = Script with { Ternary = TernaryStyle.Spaced },
        ["Go"] = CLike with
        {
            Texts = [Double, new TextRule("`", "`", '\0', MultiLine: true)],
            Traits = CharLiterals | NewLineEnds,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("func"),
            TypeWords = Set("struct interface"),
            ControlWords = Set("if else for switch select"),
            Decisions = Set("if for case && ||"),
            Ternary = TernaryStyle.None,
        },
        ["Rust"] = CLike with
        {
            BlockComments = [new BlockComment("/*", "*/", Nests: true)],
            Texts = [DoubleLines],
            Traits = CharLiterals | RustRawStrings,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("fn"),
            TypeWords = Set("impl struct enum trait mod union extern"),
            ControlWords = Set("if else for while loop match"),
            Decisions = Set("if for while && ||"),
            Ternary = TernaryStyle.None,
            Arms = new ArmRule("=>", "match", "_"),
        },
        ["Kotlin"] = CLike with
        {
            BlockComments = [new BlockComment("/*", "*/", Nests: true)],
            Texts = [TripleDouble with { Escape = '\0', Interpolation = "${" }, Double with { Interpolation = "${" }],
            Traits = CharLiterals | NewLineEnds,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("fun constructor"),
            ControlWords = Set("if else for while do when try catch finally"),
            Decisions = Set("if for while catch && || ?:"),
            Ternary = TernaryStyle.None,
            Arms = new ArmRule("->", "when", "else"),
        },
        ["Swift"] = CLike with
        {
            BlockComments = [new BlockComment("/*", "*/", Nests: true)],
            Texts = [TripleDouble with { Interpolation = "\\(" }, Double with { Interpolation = "\\(" }],
            Traits = NewLineEnds,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("func init deinit subscript"),
            TypeWords = Set("class struct enum protocol extension actor"),
            ControlWords = Set("if else guard for while repeat do catch switch"),
            Decisions = Set("if guard for while case catch && || ?? ?"),
            Ternary = TernaryStyle.Spaced,
        },
        ["Scala"] = CLike with
        {
            BlockComments = [new BlockComment("/*", "*/", Nests: true)],
            Texts = [TripleDouble with { Escape = '\0' }, Double],
            Traits = CharLiterals | NewLineEnds,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("def"),
            ControlWords = Set("if else for while do match try catch finally"),
            Decisions = Set("if for while case && ||"),
            Ternary = TernaryStyle.None,
        },
        ["PHP"] = CLike with
        {
            LineComments = ["//", "#"],
            Texts = [DoubleLines with { Interpolation = "{$" }, SingleLines],
            Traits = PhpTags | PhpHereDocs,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("function"),
            TypeWords = Set("class interface trait enum namespace"),
            ControlWords = Set("if else elseif for foreach while do switch match try catch finally"),
            Decisions = Set("if elseif for foreach while case catch && || and or ? ?: ?? ??="),
            Arms = new ArmRule("=>", "match", "default"),
        },
        ["Perl"] = Hashes with
        {
            BlockComments = [new BlockComment("=", "=cut", WholeLines: true)],
            Texts = [DoubleLines, SingleLines, new TextRule("`", "`", MultiLine: true)],
            Traits = SlashRegex | PerlQuotes | RubyHereDocs | BraceSubscripts | EndMarker,
            Blocks = BlockStyle.Braces,
            Header = HeaderStyle.Keyword,
            FunctionWords = Set("sub"),
            TypeWords = Set("package"),
            ControlWords = Set("if elsif else unless for foreach while until do eval given when"),
            Decisions = Set("if elsif unless for foreach while until when && || // and or &&= ||= //= ?"),
            Ternary = TernaryStyle.Anywhere,
        },
        ["PowerShell"] = Hashes with
        {
            BlockComments = [new BlockComment("<#", "#>")],
            Texts = [new TextRule("@\"", "\n\"@", '\0', MultiLine: true), new TextRule("@'", "\n'@", '\0', MultiLine: true),
                DoubleLines with { Escape = '`', Interpolation = "$(" }, SqlQuote],
            Traits = NewLineEnds | HashBeginsWord,
            WordExtra = "-",
            Blocks = BlockStyle.Braces,
            Header = HeaderStyle.Keyword,
            FunctionWords = Keywords("function filter"),
            TypeWords = Keywords("class enum"),
            ControlWords = Keywords("if elseif else for foreach while do switch try catch finally"),
            Decisions = Keywords("if elseif for foreach while until catch -and -or && || ??"),
        },
        ["Python"] = Hashes with
        {
            Texts = [TripleDouble, TripleSingle, Double, Single],
            Traits = DocStrings,
            Blocks = BlockStyle.Indentation,
            FunctionWords = Set("def"),
            ControlWords = Set("if elif else for while try except finally"),
            Decisions = Set("if elif for while except and or"),
        },
        ["Ruby"] = Hashes with
        {
            BlockComments = [new BlockComment("=begin", "=end", WholeLines: true)],
            Texts = [DoubleLines with { Interpolation = "#{" }, SingleLines, new TextRule("`", "`", MultiLine: true)],
            Traits = SlashRegex | RubyPercent | RubyHereDocs | EndMarker,
            Blocks = BlockStyle.RubyEnd,
            Decisions = Set("if elsif unless for while until when rescue && || and or &&= ||= ?"),
            Ternary = TernaryStyle.Spaced,
        },
        ["Lua"] = new()
        {
            LineComments = ["--"],
            Texts = [Double, Single],
            Traits = LuaLongBrackets,
            Blocks = BlockStyle.LuaEnd,
            Decisions = Set("if elseif for while until and or"),
        },
        ["Shell"] = Hashes with
        {
            Texts = [new TextRule("$'", "'", MultiLine: true), DoubleLines with { Interpolation = "$(" }, SingleLines with { Escape = '\0' }],
            Traits = HashBeginsWord | ShellHereDocs,
            WordExtra = "-./:@%+~,",
            Blocks = BlockStyle.Shell,
        },
        ["SQL"] = new() { LineComments = ["--"], BlockComments = [new BlockComment("/*", "*/")], Texts = [SqlQuote, new TextRule("\"", "\"", '\0')] },
        ["Zig"] = Slashes with { BlockComments = [] },
        ["Groovy"] = Slashes with { Texts = [TripleDouble, TripleSingle, Double, Single], Traits = None },
        ["Objective-C"] = Slashes,
        ["F#"] = Slashes with { BlockComments = [new BlockComment("(*", "*)", Nests: true)], Texts = [TripleDouble, DoubleLines] },
        ["OCaml"] = Slashes with { LineComments = [], BlockComments = [new BlockComment("(*", "*)", Nests: true)], Texts = [DoubleLines] },
        ["Haskell"] = Slashes with { LineComments = ["--"], BlockComments = [new BlockComment("{-", "-}", Nests: true)] },
        ["Erlang"] = new() { LineComments = ["%"], Texts = [DoubleLines, Single] },
        ["Elixir"] = Hashes with { Texts = [TripleDouble, TripleSingle, DoubleLines, SingleLines] },
        ["Clojure"] = new() { LineComments = [";"], Texts = [DoubleLines] },
        ["Julia"] = Hashes with { BlockComments = [new BlockComment("#=", "=#", Nests: true)], Texts = [TripleDouble, DoubleLines], Traits = CharLiterals },
        ["R"] = Hashes with { Texts = [DoubleLines, SingleLines] },
        ["Nim"] = Hashes with { BlockComments = [new BlockComment("#[", "]#", Nests: true)], Texts = [TripleDouble, Double], Traits = CharLiterals },
        ["Visual Basic"] = new() { LineComments = ["'"], Texts = [new TextRule("\"", "\"", '\0')] },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static LexicalSyntax Of(string language) => Table[language];

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static FrozenSet<string> Keywords(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
