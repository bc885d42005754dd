"""What joins media: a portrait that speaks. One floor above the media, below the interface."""
