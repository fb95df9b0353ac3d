using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Moves the inputs and results over HTTP that are too long for a message. Thread-safe.</summary>
/// <param name="maxMessageBytes">The longest message that the hub reads.</param>
/// <param name="uploadAsync">Uploads a long result: <see cref="ResultUpload.SendAsync"/>.</param>
/// <param name="readAsync">Reads a long input: <see cref="InputDownload.ReadAsync"/>.</param>
internal sealed class LongContents(
    Func<int> maxMessageBytes,
    Func<TaskWork, RawJson, CancellationToken, Task<ResultRef>> uploadAsync,
    Func<TaskWork, CancellationToken, Task<TaskInput>> readAsync)
{
    public bool IsTooLong(RawJson result) => ResultUpload.IsTooLong(result, maxMessageBytes());

    /// <summary>Completes the input of an assignment that lacks parts of it.</summary>
    public async ValueTask FillAsync(TaskWork work)
    {
        if (work.InputRefs.Count == 0) return;
        try
        {
            work.Fill(await readAsync(work, work.Cancelled));
        }
        catch (WaggleException e)
        {
            throw new TaskFailedException("INPUT_UNREADABLE", $"The input could not be read: {e.Message}", retryable: true);
        }
    }

    public async Task<ResultRef> UploadAsync(TaskWork work, RawJson result)
    {
        try
        {
            return await uploadAsync(work, result, work.Cancelled);
        }
        catch (WaggleException e)
        {
            throw new TaskFailedException("RESULT_REJECTED", $"The result of {result.Utf8.Length} bytes could not be delivered: {e.Message}", retryable: false);
        }
    }
}
