using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Waggle.Commands.Shared;

namespace Waggle.Commands.Configuration;

/// <summary>
/// Options of a command that may also stand in the environment or in a file: the flag wins over the variable, the variable over the file.
/// Whatever the source, the rule is the same, and an error names source, value and rule.
/// </summary>
internal sealed class Settings
{
    private readonly List<Setting> _all = [];
    private readonly List<Option> _options = [];
    private ConfigFile? _file;

    public Settings()
    {
        Config = new Option<string>("--config")
        {
            Description = $"The file with settings. Default: $WAGGLE_CONFIG, else {ConfigFile.StandardName} where the hub is started, if there is one.",
            HelpName = "file",
            DefaultValueFactory = result => Open(result, null),
            CustomParser = result => Open(result, result.Tokens[0].Value),
        };
        _options.Add(Config);
    }

    public Option<string> Config { get; }

    public IReadOnlyList<Setting> All => _all;

    public void AddTo(Command command)
    {
        foreach (var option in _options) command.Add(option);
    }

    public Option<int> Number(string key, string meaning, int least, int most, int standard) => Add(
        new Setting(key, $"is not a whole number from {least} to {most}.", standard.ToString(CultureInfo.InvariantCulture), meaning),
        "number",
        standard,
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? (true, number) : default);

    public Option<TimeSpan> Duration(string key, string meaning, TimeSpan standard, string standardText) => Add(
        new Setting(key, "is not a duration such as 500ms, 45s, 90m, 12h or 30d.", standardText, meaning),
        "duration",
        standard,
        text => Durations.TryParse(text, out var duration) ? (true, duration) : default);

    public Option<string> Choice(string key, string meaning, params string[] choices)
    {
        var option = Add(new Setting(key, $"is not one of: {string.Join(", ", choices)}.", choices[0], meaning), string.Join('|', choices), choices[0], text => (choices.Contains(text), text));
        option.CompletionSources.Add(choices);
        return option;
    }

    /// <param name="rule">What a text must be; it is asked only where it can say no.</param>
    public Option<string> Text(string key, string meaning, string standard, string rule = "", Func<string, bool>? isGood = null) =>
        Add(new Setting(key, rule, standard, meaning), key, standard, text => (isGood?.Invoke(text) ?? text.Length > 0, text));

    public Option<bool> Switch(string key, string meaning)
    {
        var setting = new Setting(key, "is neither true nor false.", "false", meaning);
        var option = new Option<bool>(setting.Flag) { Description = meaning, DefaultValueFactory = result => Standard(result, setting, false, text => (bool.TryParse(text, out var on), on)) };
        return Keep(setting, option);
    }

    /// <summary>May be repeated; commas part the entries in a variable.</summary>
    public Option<string[]> List(string key, string meaning, string rule, Func<string, bool> isGood)
    {
        var setting = new Setting(key, rule, "", meaning);
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

    private Option<T> Add<T>(Setting setting, string helpName, T standard, Func<string, (bool Good, T Value)> parse) => Keep(setting, new Option<T>(setting.Flag)
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
        var found = Environment.GetEnvironmentVariable(setting.Variable) is { Length: > 0 } text
            ? new Found(text, $"environment variable {setting.Variable}")
            : FileFor(result).Find(setting.Key);
        return found is null ? standard : Parse(result, found, setting, standard, parse);
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

    // Whichever option is asked first reads the file; the one that names it tells what is wrong with it.
    private ConfigFile FileFor(ArgumentResult result, string? named = null)
    {
        if (_file is not null) return _file;
        named ??= result.GetResult(Config)?.Tokens is [var token, ..] ? token.Value : null;
        named ??= Environment.GetEnvironmentVariable("WAGGLE_CONFIG") is { Length: > 0 } path ? path : null;
        if (named is null && !File.Exists(ConfigFile.StandardName)) return _file = ConfigFile.None;
        return _file = ConfigFile.Read(named ?? ConfigFile.StandardName, _all.Select(s => s.Key));
    }
}
