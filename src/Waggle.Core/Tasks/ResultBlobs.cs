using System.Text.Json;
using System.Text.Unicode;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Stores results that are too large for a record and reads them again for a request for the task. They are stored on the way to the owner's loop, which never
/// waits for them.
/// </summary>
internal sealed class ResultBlobs(IBlobs? blobs, HiveOptions options)
{
    private const string Json = "application/json";
    private const int MaxContentTypeLength = 200;

    /// <summary>Returns the completion for the loop, with a short result or with a reference to a durable blob.</summary>
    public async ValueTask<(Command Command, Error? Problem)> KeepAsync(CompleteTask command, CancellationToken cancel)
    {
        if (command.ResultRef is { } named) return (command, await ProblemAsync(command, named, cancel));

        // The loop answers a command for a task that cannot exist.
        var task = command.Lease.Task;
        if (blobs is null || command.Result.Utf8.Length <= Limits.MaxRecordedResultBytes || !Ids.IsValid(task)) return (command, null);
        try
        {
            await ThreadPoolSwitch.Switch();
            using var content = new MemoryStream(command.Result.Utf8.ToArray(), writable: false);
            var blob = await blobs.WriteAsync(task, content, Math.Max(content.Length, options.MaxBlobBytes), cancel);
            return (command with { Result = default, ResultRef = new(blob.Id, blob.Bytes, blob.Sha256, Json) }, null);
        }
        catch (StoreFullException)
        {
            // Work under way continues: the store has a reserve for it, and the result stays in the record.
            return (command, null);
        }
        catch (StoreException e)
        {
            return (command, new(ErrorCodes.StoreUnavailable, $"The hub could not store the result; nothing was changed: {e.ForClients}", 1000));
        }
    }

    /// <summary>Returns the view with the result itself, if the result is JSON that fits into a message.</summary>
    public async ValueTask<TaskView> FillAsync(TaskView view, CancellationToken cancel)
    {
        if (view.ResultRef is not { } named || blobs is null) return view;
        await ThreadPoolSwitch.Switch();
        await using var content = await blobs.OpenAsync(named.Blob, cancel);
        if (content is null) return view with { ResultMissing = true };
        if (named.ContentType != Json || content.Length > Limits.MaxMessageBytes) return view;
        var text = new byte[content.Length];
        await content.ReadExactlyAsync(text, cancel);
        if (!IsJson(text)) return view;
        return view with { Result = RawJson.FromTrusted(ForeignJson.IsClean(text) ? text : ForeignJson.MendInPlace(text).ToArray()) };
    }

    private async ValueTask<Error?> ProblemAsync(CompleteTask command, ResultRef named, CancellationToken cancel)
    {
        if (blobs is null) return new(ErrorCodes.NotAvailable, "This hub stores no results outside its records: send the result itself.");
        if (!command.Result.IsNull) return Bad("Either result or result_ref.");
        if (named.ContentType.Length is 0 or > MaxContentTypeLength || !named.ContentType.All(c => c is >= ' ' and <= '~'))
            return Bad($"result_ref.content_type has 1 to {MaxContentTypeLength} printable characters of ASCII.");
        if (!BlobInfo.TryParse(named.Blob, out var owner, out var sha256) || owner != command.Lease.Task || sha256 != named.Sha256)
            return Bad("result_ref must be the value that the upload of this task's result returned.");
        if (await blobs.HoldAsync(named.Blob, cancel) is not { } blob)
            return new(ErrorCodes.BlobMissing, $"The uploaded result of {named.Bytes} bytes does not exist (any more): upload it again.");
        return blob.Bytes == named.Bytes ? null : Bad($"result_ref.bytes is {blob.Bytes}; it was {named.Bytes}.");
    }

    // The hub has not checked an uploaded result, so the reply includes it only if it is valid JSON.
    private static bool IsJson(byte[] text)
    {
        if (!Utf8.IsValid(text)) return false;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Limits.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
