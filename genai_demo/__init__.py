"""genai_demo: generative AI that anyone can see, steer and understand."""
