using System.CommandLine;
using System.CommandLine.Parsing;

namespace Waggle.Shared;

/// <summary>The address of the hub and the token: the flag overrides the variable, and the variable overrides the file.</summary>
internal sealed class HubAddress
{
    public const string DefaultUrl = "http://127.0.0.1:3000";
    public const string UrlVariable = "WAGGLE_URL";
    public const string TokenVariable = "WAGGLE_TOKEN";

    private ClientConfig? _config;

    public HubAddress() => Url = new("--url")
    {
        Description = $"The hub's address. Default: ${UrlVariable}, else url in ~/.config/waggle/config.json, else {DefaultUrl}.",
        HelpName = "url",
        DefaultValueFactory = Standard,
        CustomParser = result => Parse(result, result.Tokens[0].Value, "--url"),
    };

    public Option<Uri> Url { get; }

    // Without a default value, which help would print.
    public Option<string?> Token { get; } = new("--token")
    {
        Description = $"The token to send to the hub; @FILE reads it from a file, - from standard input. Default: ${TokenVariable}, else token in the "
            + $"file above.",
        HelpName = "token",
    };

    private ClientConfig Config => _config ??= ClientConfig.Read();

    public Uri UrlOf(ParseResult parse) => parse.GetValue(Url)!;

    /// <exception cref="CliException">The token's source cannot be read.</exception>
    public string? TokenOf(ParseResult parse)
    {
        if (parse.GetValue(Token) is { } given) return Read(given);
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } variable) return Checked(variable, TokenVariable);
        if (Config.Token is not { } kept || !Uri.TryCreate(Config.Url, UriKind.Absolute, out var its) || its != UrlOf(parse)) return null;
        if (Config.IsExposed) Printer.Note($"waggle: {Config.Path} contains a token and other users can read it; 'chmod 600 {Config.Path}' fixes this.");
        return Checked(kept, Config.Path);
    }

    private static string Read(string given)
    {
        if (given == "-") return Checked(Console.In.ReadToEnd(), "standard input");
        if (!given.StartsWith('@')) return Checked(given, "--token");
        try
        {
            return Checked(File.ReadAllText(given[1..]), $"the file '{given[1..]}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException($"The file '{given[1..]}' of --token cannot be read: {e.Message}", ExitCodes.Usage, e);
        }
    }

    // The token goes into a header. The error does not contain the token, because errors end up in logs.
    private static string Checked(string token, string source)
    {
        token = token.Trim();
        if (token.Length == 0) throw new CliException($"The token from {source} is empty.", ExitCodes.Usage);
        return token.All(c => c is > ' ' and < '\u007f') ? token : throw new CliException(
            $"The token from {source} has characters that a token cannot contain, for example a space or a line break.", ExitCodes.Usage);
    }

    private Uri Standard(ArgumentResult result)
    {
        if (Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } url) return Parse(result, url, $"environment variable {UrlVariable}");
        if (Config.Problem is { } problem) result.AddError(problem);
        return Config.Url is { } kept ? Parse(result, kept, $"{Config.Path}, key url") : new Uri(DefaultUrl);
    }

    private static Uri Parse(ArgumentResult result, string text, string source)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss") return url;
        result.AddError($"{source} '{text}' is not a URL such as {DefaultUrl}.");
        return new Uri(DefaultUrl);
    }
}
