using Waggle.Chaos.Actors;

// The processes that the kill test starts beside the real hub. Not part of the product.
return args switch
{
    ["hub", var data, var port, var kill, var seed] => await KillingHub.RunAsync(data, int.Parse(port), kill, int.Parse(seed)),
    ["worker", var url, var name, var journal] => await JournallingWorker.RunAsync(new Uri(url), name, journal),
    _ => 2,
};
