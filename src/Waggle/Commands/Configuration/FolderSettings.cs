using System.CommandLine;
using Waggle.Shared;

namespace Waggle.Commands.Configuration;

/// <summary>The data folder of a command that needs no hub: the folder that <c>waggle serve</c> would use in the same place.</summary>
internal sealed class FolderSettings
{
    public const string Key = "data";
    public const string Standard = "waggle-data";

    private readonly Option<string> _data;

    public FolderSettings(string meaning) => _data = Data(Settings, meaning);

    /// <summary>The settings, to which a command adds the other ones that it reads from the file.</summary>
    public Settings Settings { get; } = new(static () => new ServeSettings().All.Select(s => s.Key));

    public static Option<string> Data(Settings settings, string meaning)
    {
        var option = settings.Text(Key, meaning, Standard, "is empty.");
        option.Aliases.Add("--data-folder");
        return option;
    }

    /// <summary>Returns the full path.</summary>
    public string Of(ParseResult parse) => Path.GetFullPath(parse.GetValue(_data)!);

    /// <summary>Returns the full path if the user named a folder.</summary>
    /// <exception cref="CliException">The user named no folder.</exception>
    public string Named(ParseResult parse) =>
        IsNamed(parse) ? Of(parse) : throw new CliException("Name the data folder: --data FOLDER, WAGGLE_DATA, or data in a settings file.", ExitCodes.Usage);

    private bool IsNamed(ParseResult parse) => parse.GetResult(_data) is { Implicit: false } || parse.GetValue(_data) != Standard;
}
