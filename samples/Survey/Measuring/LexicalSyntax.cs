using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>How the functions of a language are recognised.</summary>
internal enum BlockStyle
{
    /// <summary>They are not; only lines are counted.</summary>
    None,
    Braces,
    Indentation,
    LuaEnd,
    RubyEnd,
    Shell,
}

/// <summary>What comes before the brace of a function.</summary>
internal enum HeaderStyle
{
    /// <summary>A keyword and a name: <c>func name(…)</c>.</summary>
    Keyword,

    /// <summary>A name and parameters: <c>int name(…)</c>.</summary>
    NameAndParameters,

    /// <summary>Either, or an arrow, assigned to a name.</summary>
    Script,
}

internal enum TernaryStyle
{
    None,
    Anywhere,

    /// <summary>With white space on both sides, where <c>?</c> also marks optional types.</summary>
    Spaced,
}

[Flags]
internal enum LexicalTraits
{
    None = 0,

    /// <summary><c>'</c> begins a literal only when one or two characters further another ends it.</summary>
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

    /// <summary><c>#</c> begins a comment only where a word could begin.</summary>
    HashBeginsWord = 1 << 10,
    ShellHereDocs = 1 << 11,
    RubyHereDocs = 1 << 12,
    PhpHereDocs = 1 << 13,

    /// <summary>Statements end with the line.</summary>
    NewLineEnds = 1 << 14,

    /// <summary>Functions do not lie within functions, and what looks like one there is a macro with a block.</summary>
    FlatFunctions = 1 << 15,

    /// <summary>A brace glued to a value is a subscript.</summary>
    BraceSubscripts = 1 << 16,

    /// <summary><c>__END__</c> on a line of its own ends the program.</summary>
    EndMarker = 1 << 17,
}

internal sealed record TextRule(string Open, string Close, char Escape = '\\', bool MultiLine = false, string? Interpolation = null);

/// <param name="Open">What begins the comment.</param>
/// <param name="Close">What ends it.</param>
/// <param name="Nests">Whether comments lie within comments.</param>
/// <param name="WholeLines">Whether both stand at the beginning of a line, and a letter follows the first.</param>
internal sealed record BlockComment(string Open, string Close, bool Nests = false, bool WholeLines = false);

/// <param name="Keyword">The arrow between an arm's pattern and its body.</param>
/// <param name="Block">The word that begins a block of arms.</param>
/// <param name="Default">The pattern of the arm that is taken otherwise.</param>
internal sealed record ArmRule(string Keyword, string Block, string Default);

/// <summary>All that the lexical method knows of a language.</summary>
internal sealed record LexicalSyntax
{
    public string[] LineComments { get; init; } = [];

    public BlockComment[] BlockComments { get; init; } = [];

    /// <summary>Tried in order, so the longer opening comes first.</summary>
    public TextRule[] Texts { get; init; } = [];

    public LexicalTraits Traits { get; init; }

    /// <summary>What else a word may hold, beside letters, digits, <c>_</c> and <c>$</c>.</summary>
    public string WordExtra { get; init; } = "";

    public BlockStyle Blocks { get; init; }

    public HeaderStyle Header { get; init; }

    public FrozenSet<string> FunctionWords { get; init; } = [];

    public FrozenSet<string> TypeWords { get; init; } = [];

    public FrozenSet<string> ControlWords { get; init; } = [];

    /// <summary>Words and symbols that are one decision each.</summary>
    public FrozenSet<string> Decisions { get; init; } = [];

    public TernaryStyle Ternary { get; init; }

    public ArmRule? Arms { get; init; }

    public bool Has(LexicalTraits trait) => (Traits & trait) != LexicalTraits.None;
}
