using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Waggle.Shared;

namespace Waggle.Commands.Configuration;

/// <summary>
/// Options of a command that the environment or a file can also set. The flag overrides the variable, and the variable overrides the file. The rule is the same
/// for every source, and an error names source, value and rule.
/// </summary>
internal sealed class Settings
{
    private readonly List<Setting> _all = [];
    private readonly List<Option> _options = [];
    private readonly List<(Setting Setting, string Text)> _fromFile = [];
    private readonly Func<IEnumerable<string>> _keys;
    private ConfigFile? _file;

    /// <param name="keys">All keys that the file may contain. The default is the keys of these settings.</param>
    public Settings(Func<IEnumerable<string>>? keys = null)
    {
        _keys = keys ?? (() => _all.Select(s => s.Key));
        Config = new Option<string>("--config")
        {
            Description = $"The settings file. Default: $WAGGLE_CONFIG, else {ConfigFile.StandardName} in the current folder if it exists; a file found "
                + $"that way may not widen access.",
            HelpName = "file",
            DefaultValueFactory = result => Open(result, null),
            CustomParser = result => Open(result, result.Tokens[0].Value),
        };
        _options.Add(Config);
    }

    public Option<string> Config { get; }

    public IReadOnlyList<Setting> All => _all;

    /// <summary>Returns the file that was read and its keys, in one line; null if there was no file.</summary>
    public string? Note()
    {
        if (_file is null || _file == ConfigFile.None) return null;
        var widening = string.Join(", ", _fromFile.Where(s => s.Setting.Widens).Select(Shown));
        var others = string.Join(", ", _fromFile.Where(s => !s.Setting.Widens).Select(Shown));
        var source = _file.IsNamed ? "named" : "found in the current folder; it may not widen access";
        return $"Settings from {Path.GetFullPath(_file.Path)} ({source}): {(others.Length > 0 ? others : "none")}. Access that it "
            + $"allows: {(widening.Length > 0 ? widening : "none")}.";
    }

    public void AddTo(Command command)
    {
        foreach (var option in _options) command.Add(option);
    }

    public Option<int> Number(string key, string meaning, int least, int most, int standard) => Add(
        new Setting(key, $"is not a whole number from {least} to {most}.", standard.ToString(CultureInfo.InvariantCulture), meaning),
        "number",
        standard,
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? (true, number)
            : default);

    public Option<Duration> Duration(string key, string meaning, TimeSpan standard, TimeSpan? least = null) => Add(
        new Setting(
            key,
            $"is not a duration such as 500ms, 45s, 90m, 12h or 30d{(least is { } min ? $" of at least {Durations.Typed(min)}" : "")}.",
            Durations.Typed(standard),
            meaning),
        "duration",
        new Duration(standard),
        text => Durations.TryParse(text, out var duration) && duration >= (least ?? TimeSpan.MinValue) ? (true, new Duration(duration)) : default);

    public Option<string> Choice(string key, string meaning, string[] choices, bool widens = false)
    {
        var option = Add(new Setting(key, $"is not one of: {string.Join(", ", choices)}.", choices[0], meaning, widens), string.Join(
            '|', choices), choices[0], text => (choices.Contains(text), text));
        option.CompletionSources.Add(choices);
        return option;
    }

    /// <param name="rule">The description of a valid text, for the error of <paramref name="isGood"/>.</param>
    public Option<string> Text(string key, string meaning, string standard, string rule, Func<string, bool>? isGood = null, bool widens = false) =>
        Add(new Setting(key, rule, standard, meaning, widens), key, standard, text => (isGood?.Invoke(text) ?? text.Length > 0, text));

    /// <summary>Adds an option without a default value.</summary>
    public Option<string?> Optional(
        string key, string meaning, string rule, Func<string, bool>? isGood = null, bool widens = false, bool isSecret = false) =>
        Add<string?>(new Setting(key, rule, "", meaning, widens, isSecret), key, null, text => (isGood?.Invoke(text) ?? text.Length > 0, text));

    public Option<bool> Switch(string key, string meaning)
    {
        var setting = new Setting(key, "is neither true nor false.", "false", meaning);
        var option = new Option<bool>(setting.Flag)
        {
            Description = meaning,
            DefaultValueFactory = result =>
            Standard(result, setting, false, text => (bool.TryParse(text, out var on), on))
        };
        return Keep(setting, option);
    }

    /// <summary>Adds an option that may be repeated. In a variable, commas separate the entries.</summary>
    public Option<string[]> List(string key, string meaning, string rule, Func<string, bool> isGood, bool widens = false)
    {
        var setting = new Setting(key, rule, "", meaning, widens);
        string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var option = new Option<string[]>(setting.Flag)
        {
            Description = meaning,
            DefaultValueFactory = result => Standard(result, setting, [], text => (Split(text).All(isGood), Split(text))),
            CustomParser = result =>
            {
                foreach (var token in result.Tokens)
                {
                    if (!isGood(token.Value)) result.AddError($"{setting.Flag} '{token.Value}' {rule}");
                }

                return [.. result.Tokens.Select(t => t.Value)];
            },
        };
        return Keep(setting, option);
    }

    private Option<T> Add<T>(Setting setting, string helpName, T standard, Func<string, (bool Good, T Value)> parse) =>
        Keep(setting, new Option<T>(setting.Flag)
        {
            Description = setting.Meaning,
            HelpName = helpName,
            DefaultValueFactory = result => Standard(result, setting, standard, parse),
            CustomParser = result => Parse(result, new Found(result.Tokens[0].Value, setting.Flag), setting, standard, parse),
        });

    private Option<T> Keep<T>(Setting setting, Option<T> option)
    {
        _all.Add(setting);
        _options.Add(option);
        return option;
    }

    private T Standard<T>(ArgumentResult result, Setting setting, T standard, Func<string, (bool Good, T Value)> parse)
    {
        if (Environment.GetEnvironmentVariable(setting.Variable) is { Length: > 0 } text)
        {
            return Parse(result, new Found(text, $"environment variable {setting.Variable}"), setting, standard, parse);
        }

        var file = FileFor(result);
        if (file.Find(setting.Key) is not { } found) return standard;
        if (setting.Widens && !file.IsNamed)
        {
            result.AddError(
                $"{file.Path}, key {setting.Key}: a settings file found in the current folder may not widen access. If you trust it, use --config {file.Path}");
            return standard;
        }

        _fromFile.Add((setting, found.Text));
        return Parse(result, found, setting, standard, parse);
    }

    // A URL may contain a password.
    private static string Shown((Setting Setting, string Text) said)
    {
        if (said.Setting.IsSecret) return $"{said.Setting.Key}=…";
        var hasPassword = Uri.TryCreate(said.Text, UriKind.Absolute, out var url) && url.UserInfo.Length > 0;
        return $"{said.Setting.Key}={(hasPassword ? said.Text.Replace(url!.UserInfo, "…", StringComparison.Ordinal) : said.Text)}";
    }

    private static T Parse<T>(ArgumentResult result, Found found, Setting setting, T standard, Func<string, (bool Good, T Value)> parse)
    {
        var (good, value) = parse(found.Text);
        if (good) return value;
        result.AddError($"{found.Source} '{found.Text}' {setting.Rule}");
        return standard;
    }

    private string Open(ArgumentResult result, string? named)
    {
        var file = FileFor(result, named);
        if (file.Problem is { } problem) result.AddError(problem);
        return file.Path;
    }

    // The first option that is parsed reads the file. The option that names the file reports its error.
    private ConfigFile FileFor(ArgumentResult result, string? named = null)
    {
        if (_file is not null) return _file;
        named ??= result.GetResult(Config)?.Tokens is [var token, ..] ? token.Value : null;
        named ??= Environment.GetEnvironmentVariable("WAGGLE_CONFIG") is { Length: > 0 } path ? path : null;
        if (named is null && !File.Exists(ConfigFile.StandardName)) return _file = ConfigFile.None;
        return _file = ConfigFile.Read(named ?? ConfigFile.StandardName, isNamed: named is not null, _keys());
    }
}
