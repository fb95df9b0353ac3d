namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>
    /// Returns the result of a completed task as a stream, for a result that is too long for memory (<c>ResultRef</c> of the task gives its length).
    /// </summary>
    /// <exception cref="WaggleException">NOT_FOUND: the task has no result (yet).</exception>
    public async Task<Stream> GetResultAsync(string task, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/tasks/{Uri.EscapeDataString(task)}/result");

        // The caller disposes the response by disposing the stream.
        var response = await _http.SendAsync(request, cancel);
        return await response.Content.ReadAsStreamAsync(cancel);
    }
}
