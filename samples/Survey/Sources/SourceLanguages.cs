using System.Collections.Frozen;

namespace Waggle.Survey.Sources;

/// <summary>Recognises source code by extension or, for a few files, by name. Markup and data are not code.</summary>
internal static class SourceLanguages
{
    public const string CSharp = "C#";

    private static readonly FrozenDictionary<string, string> ByExtension = Index(
        (CSharp, ".cs"),
        ("JavaScript", ".js .mjs .cjs .jsx"),
        ("TypeScript", ".ts .mts .cts .tsx"),
        ("Python", ".py .pyi .pyw"),
        ("Go", ".go"),
        ("Rust", ".rs"),
        ("Java", ".java"),
        ("Kotlin", ".kt .kts"),
        ("C", ".c .h"),
        ("C++", ".cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .ipp .tpp"),
        ("Ruby", ".rb .rake .gemspec .ru"),
        ("PHP", ".php .phtml"),
        ("Swift", ".swift"),
        ("Scala", ".scala .sc"),
        ("Dart", ".dart"),
        ("Shell", ".sh .bash .zsh .ksh"),
        ("SQL", ".sql"),
        ("Lua", ".lua"),
        ("Perl", ".pl .pm"),
        ("PowerShell", ".ps1 .psm1"),
        ("F#", ".fs .fsi .fsx"),
        ("Visual Basic", ".vb"),
        ("Objective-C", ".m .mm"),
        ("Groovy", ".groovy .gradle"),
        ("Haskell", ".hs"),
        ("OCaml", ".ml .mli"),
        ("Erlang", ".erl .hrl"),
        ("Elixir", ".ex .exs"),
        ("Clojure", ".clj .cljs .cljc"),
        ("Julia", ".jl"),
        ("R", ".r"),
        ("Nim", ".nim"),
        ("Zig", ".zig"));

    private static readonly FrozenDictionary<string, string> ByName = Index(
        ("Ruby", "Rakefile Gemfile Vagrantfile Podfile"),
        ("Groovy", "Jenkinsfile"));

    /// <summary>Returns the language of a file by its name; null if it is not source code of a supported language.</summary>
    public static string? Of(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        // A leading dot begins a hidden file, not an extension.
        var table = dot > 0 ? ByExtension : ByName;
        var key = dot > 0 ? name[dot..] : name;
        return table.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var language) ? language : null;
    }

    private static FrozenDictionary<string, string> Index(params ReadOnlySpan<(string Language, string Keys)> rows)
    {
        var index = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (language, keys) in rows)
            foreach (var key in keys.Split(' '))
                index.Add(key, language);
        return index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
