using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>How the functions of a language are recognised.</summary>
internal enum BlockStyle
{
    /// <summary>Functions are not recognised; only lines are counted.</summary>
    None,
    Braces,
    Indentation,
    LuaEnd,
    RubyEnd,
    Shell,
}

/// <summary>The form of the text before the brace of a function.</summary>
internal enum HeaderStyle
{
    /// <summary>A keyword and a name: <c>func name(…)</c>.</summary>
    Keyword,

    /// <summary>A name and parameters: <c>int name(…)</c>.</summary>
    NameAndParameters,

    /// <summary>Both of these, or an arrow assigned to a name.</summary>
    Script,
}

internal enum TernaryStyle
{
    None,
    Anywhere,

    /// <summary>Operators with white space on both sides, in languages where <c>?</c> also marks optional types.</summary>
    Spaced,
}

[Flags]
internal enum LexicalTraits
{
    None = 0,

    /// <summary>A <c>'</c> begins a literal only if another one ends it one or two characters later.</summary>
    CharLiterals = 1,
    SlashRegex = 1 << 1,
    RustRawStrings = 1 << 2,
    CppRawStrings = 1 << 3,
    LuaLongBrackets = 1 << 4,
    PerlQuotes = 1 << 5,
    RubyPercent = 1 << 6,
    Preprocessor = 1 << 7,
    PhpTags = 1 << 8,
    DocStrings = 1 << 9,

    /// <summary>A <c>#</c> begins a comment only where a word could begin.</summary>
    HashBeginsWord = 1 << 10,
    ShellHereDocs = 1 << 11,
    RubyHereDocs = 1 << 12,
    PhpHereDocs = 1 << 13,

    /// <summary>Statements end with the line.</summary>
    NewLineEnds = 1 << 14,

    /// <summary>Functions do not contain functions; a similar form inside one is a macro with a block.</summary>
    FlatFunctions = 1 << 15,

    /// <summary>A brace joined to a value is a subscript.</summary>
    BraceSubscripts = 1 << 16,

    /// <summary>A line with only <c>__END__</c> ends the program.</summary>
    EndMarker = 1 << 17,
}

internal sealed record TextRule(string Open, string Close, char Escape = '\\', bool MultiLine = false, string? Interpolation = null);

/// <param name="Open">The text that begins the comment.</param>
/// <param name="Close">The text that ends it.</param>
/// <param name="Nests">Whether comments may contain comments.</param>
/// <param name="WholeLines">Whether both stand at the beginning of a line, and a letter follows the first.</param>
internal sealed record BlockComment(string Open, string Close, bool Nests = false, bool WholeLines = false);

/// <param name="Keyword">The arrow between an arm's pattern and its body.</param>
/// <param name="Block">The word that begins a block of arms.</param>
/// <param name="Default">The pattern of the arm for all other values.</param>
internal sealed record ArmRule(string Keyword, string Block, string Default);

/// <summary>The rules of a language for the lexical method.</summary>
internal sealed record LexicalSyntax
{
    public string[] LineComments { get; init; } = [];

    public BlockComment[] BlockComments { get; init; } = [];

    /// <summary>The rules for texts, tried in order, so the longer opening comes first.</summary>
    public TextRule[] Texts { get; init; } = [];

    public LexicalTraits Traits { get; init; }

    /// <summary>The characters of a word besides letters, digits, <c>_</c> and <c>$</c>.</summary>
    public string WordExtra { get; init; } = "";

    public BlockStyle Blocks { get; init; }

    public HeaderStyle Header { get; init; }

    public FrozenSet<string> FunctionWords { get; init; } = [];

    public FrozenSet<string> TypeWords { get; init; } = [];

    public FrozenSet<string> ControlWords { get; init; } = [];

    /// <summary>The words and symbols that count as one decision each.</summary>
    public FrozenSet<string> Decisions { get; init; } = [];

    public TernaryStyle Ternary { get; init; }

    public ArmRule? Arms { get; init; }

    public bool Has(LexicalTraits trait) => (Traits & trait) != LexicalTraits.None;
}
