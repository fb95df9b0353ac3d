using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.OperatorFiles;

/// <summary>
/// A file that the operator writes: JSON with comments and trailing commas. Its readers reject unknown keys (<see cref="KeyReader"/>),
/// because a misspelt limit or price must not pass silently.
/// </summary>
internal static class OperatorFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="of">Reads the document. It throws <see cref="FormatException"/> with the place of what is wrong.</param>
    /// <exception cref="CliException">The file cannot be read or is wrong; the message names the file and the place.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> of)
    {
        try
        {
            using var document = JsonDocument.Parse(ForeignJson.MendInPlace(File.ReadAllBytes(path)), Lenient);
            return of(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} is not JSON: {e.Message}", ExitCodes.Usage);
        }
        catch (FormatException e)
        {
            throw new CliException($"{path}, {e.Message}", ExitCodes.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read: {e.Message}", ExitCodes.Usage);
        }
    }
}
