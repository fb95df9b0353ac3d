using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>A task's input and metadata from the command line.</summary>
internal static class TaskInput
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerOptions.Default) { Encoder = PlainEncoder.Instance };

    public static async Task<RawJson> ReadAsync(string? prompt, string? input, CancellationToken cancel)
    {
        if (prompt is not null && input is not null)
            throw new CliException("--prompt and --input exclude each other: put the prompt into the JSON of --input.", ExitCodes.Usage);
        if (prompt is not null)
        {
            // A prompt that begins with an @ is written with two.
            var said = prompt.StartsWith("@@", StringComparison.Ordinal) ? prompt[1..] : (await TextAsync(prompt, "--prompt", cancel)).Text;
            return RawJson.Parse(new JsonObject { ["prompt"] = ForeignJson.WithoutMark(said) }.ToJsonString(Plain));
        }

        return input is null ? default : await JsonAsync(input, "--input", "--input '\"text\"'", cancel);
    }

    /// <summary>Reads JSON from the argument itself, from @FILE, or from standard input for -.</summary>
    /// <param name="option">The option of the value, for errors.</param>
    /// <param name="example">An example of a plain string, for errors.</param>
    public static async Task<RawJson> JsonAsync(string input, string option, string example, CancellationToken cancel)
    {
        var (text, what) = await TextAsync(input, option, cancel);
        try
        {
            return RawJson.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CliException($"{what} is not JSON: {Cause(e)} A plain string needs quotes of its own: {example}.", ExitCodes.Usage, e);
        }
    }

    public static Option<Dictionary<string, string>> Metadata(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0) result.AddError($"{name} '{token.Value}' is not key=value.");
                else metadata[token.Value[..equals]] = token.Value[(equals + 1)..];
            }

            return metadata;
        },
    };

    private static string Cause(JsonException e)
    {
        var cut = e.Message.IndexOf(" LineNumber", StringComparison.Ordinal);
        return $"{(cut < 0 ? e.Message : e.Message[..cut])} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).";
    }

    private static async Task<(string Text, string What)> TextAsync(string value, string option, CancellationToken cancel)
    {
        if (value != "-" && !value.StartsWith('@')) return (value, $"The value of {option}");
        var file = value == "-" ? null : value[1..];
        var what = file is null ? "Standard input" : $"The file '{file}'";
        try
        {
            await using var bytes = file is null ? Console.OpenStandardInput() : File.OpenRead(file);
            using var text = new StreamReader(bytes, Strict);
            return (await text.ReadToEndAsync(cancel), what);
        }
        catch (DecoderFallbackException e)
        {
            throw new CliException($"{what} of {option} is not UTF-8 text.", ExitCodes.Usage, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException($"{what} of {option} cannot be read: {e.Message}", ExitCodes.Usage, e);
        }
    }
}
